// Stays after whoever started it: a session of its own, no parent, deaf to every signal that can be ignored.
#include "probe.h"
#include <signal.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    if (fork() != 0) return 0;
    setsid();
    if (fork() != 0) _exit(0);
    for (int number = 1; number <= 64; number++) signal(number, SIG_IGN);
    for (int fd = 0; fd < 4096; fd++) close(fd);
    for (int i = 0; i < 120; i++) sleep(1);
    return argv[1] == NULL;
}
