// The host's System V shared memory by its key.
#include "probe.h"
#include <sys/shm.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    int id = shmget(atoi(argv[1]), 0, 0);
    if (id < 0) blocked_by_errno("shmget");
    const char *text = shmat(id, NULL, SHM_RDONLY);
    if (text == (void *)-1) blocked_by_errno("shmat");
    succeeded("%s", text);
}
