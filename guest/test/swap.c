/* Exchanges two names without end, as fast as it can: swap A B. */
#include <stdio.h>
#include <unistd.h>
#include <fcntl.h>

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    puts("swapping");
    fflush(stdout);
    for (;;)
        if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) < 0) usleep(10);
}
