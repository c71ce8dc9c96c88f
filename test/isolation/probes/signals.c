// Every signal to whoever holds the sandbox up; the proof is whether that one still answers.
#include "probe.h"
#include <signal.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    pid_t target = pid_argument(argv[1]);
    int allowed = 0;
    for (int number = 1; number <= 64; number++)
        if (kill(target, number) == 0) allowed++;
    printf("sent %d\n", allowed);
}
