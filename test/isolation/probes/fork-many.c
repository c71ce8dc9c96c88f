// So many processes at once.
#include "probe.h"
#include <signal.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    int wanted = atoi(argv[1]), have = 0;
    pid_t *children = calloc((size_t)wanted, sizeof *children);
    for (; have < wanted; have++) {
        children[have] = fork();
        if (children[have] < 0) break;
        if (children[have] == 0) {
            pause();
            _exit(0);
        }
    }
    for (int i = 0; i < have; i++) kill(children[i], SIGKILL);
    if (have < wanted) blocked("%d processes", have);
    succeeded("%d processes", have);
}
