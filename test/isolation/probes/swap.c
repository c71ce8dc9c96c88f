// Swaps two names as fast as it can, until it is killed: what is a file to the check is a link to the use.
#include "probe.h"
#include <sys/syscall.h>

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    for (;;)
        if (syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], 2 /* RENAME_EXCHANGE */) < 0)
            blocked_by_errno("renameat2");
}
