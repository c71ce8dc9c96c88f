/* Processes that are not easy to stop, each of which appends to a file as long as it runs:
 *   busy threads FILE   the first thread is over, four others write
 *   busy vfork FILE     makes children with vfork that wait before they end: their parent waits in the kernel for them
 *   busy forks FILE     a chain of processes, each of which makes the next and ends
 *   busy memory MIB     takes so much and touches it
 *   busy crowd KIB      many processes, each of which takes so much and keeps it */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int file;

static void nap(long ms) {
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static void put(void) {
    if (write(file, ".", 1) != 1) _exit(1);
}

static void *write_on(void *nothing) {
    for (; !nothing; nap(1)) put();
    return NULL;
}

static void threads(void) {
    pthread_t thread;
    for (int i = 0; i < 4; i++) pthread_create(&thread, NULL, write_on, NULL);
    pthread_exit(NULL);
}

static void vforks(void) {
    for (;;) {
        if (vfork() == 0) {
            nap(300);
            put();
            _exit(0);
        }
        put();
    }
}

static void forks(void) {
    for (;;) {
        put();
        if (fork() != 0) _exit(0);
        setsid();
    }
}

static void take(size_t mib) {
    char *memory = malloc(mib << 20);
    for (size_t i = 0; memory && i < mib << 20; i += 4096) ((volatile char *)memory)[i] = 1;
    _exit(memory ? 0 : 1);
}

static void crowd(size_t kib) {
    for (;;) {
        nap(1);
        if (fork() != 0) continue;
        memset(malloc(kib << 10), 1, kib << 10);
        pause();
    }
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    if (strcmp(argv[1], "crowd") == 0) crowd((size_t)atol(argv[2]));
    if (strcmp(argv[1], "memory") == 0) take((size_t)atol(argv[2]));
    file = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (file < 0) return 1;
    if (strcmp(argv[1], "threads") == 0) threads();
    if (strcmp(argv[1], "vfork") == 0) vforks();
    forks();
}
