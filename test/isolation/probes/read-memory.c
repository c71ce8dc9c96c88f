// Reads the sentinel's secret out of its memory.
#include "probe.h"
#include <sys/uio.h>

int main(int argc, char **argv) {
    if (argc != 4) return 64;
    char text[128] = {0};
    size_t length = strlen(argv[3]);
    struct iovec local = {text, length}, remote = {(void *)strtoull(argv[2], NULL, 16), length};
    if (process_vm_readv(pid_argument(argv[1]), &local, 1, &remote, 1, 0) < 0) blocked_by_errno("process_vm_readv");
    if (strcmp(text, argv[3]) != 0) blocked("another process's memory");
    succeeded("%s", text);
}
