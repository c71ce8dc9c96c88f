// Any directory that some ancestor left open leads out of the root.
#include "probe.h"
#include <sys/stat.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    char path[4600];
    snprintf(path, sizeof path, "../../../../../../../../../..%s", argv[1]);
    int open_ones = 0;
    for (int fd = 0; fd < 4096; fd++) {
        struct stat s;
        if (fstat(fd, &s) < 0) continue;
        open_ones++;
        int canary = S_ISDIR(s.st_mode) ? openat(fd, path, O_RDONLY) : -1;
        if (canary >= 0) succeed_with_text_of(canary, "inherited directory");
    }
    blocked("%d descriptors, none leads out", open_ones);
}
