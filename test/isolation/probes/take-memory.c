// So many MiB of memory, each page written to.
#include "probe.h"
#include <sys/mman.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    size_t size = (size_t)atoi(argv[1]) << 20;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) blocked_by_errno("mmap");
    for (size_t at = 0; at < size; at += 4096) memory[at] = 1;
    succeeded("%s MiB", argv[1]);
}
