// What the probes go for: a process of the host with a secret in its environment, its memory and a shared segment.
// It is an ordinary process of uid 1000. Lives until its input ends.
#include "probe.h"
#include <grp.h>
#include <sys/prctl.h>
#include <sys/shm.h>

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    if (setgroups(0, NULL) < 0 || setresgid(1000, 1000, 1000) < 0 || setresuid(1000, 1000, 1000) < 0) return 65;
    prctl(PR_SET_DUMPABLE, 1);  // as it is for a process that was started with this uid
    int id = shmget(atoi(argv[2]), 4096, IPC_CREAT | IPC_EXCL | 0666);
    if (id < 0) return 65;
    strcpy(shmat(id, NULL, 0), argv[1]);
    char *secret = strdup(argv[1]), byte;
    printf("%p\n", (void *)secret);
    fflush(stdout);
    while (read(0, &byte, 1) > 0) continue;
    shmctl(id, IPC_RMID, NULL);
}
