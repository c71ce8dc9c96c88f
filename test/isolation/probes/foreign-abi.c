// A denied call through the machine's other system call tables: int 0x80 (32 bit) and x32.
#include "probe.h"
#include <sys/syscall.h>
#include <sys/wait.h>

static int by_int80(void) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(136 /* personality */), "b"(0xffffffffu) : "memory");
    return result >= 0;
}

static int by_x32(void) {
    return syscall(0x40000000 | SYS_personality, 0xffffffffu) >= 0;
}

// In a child, since the answer may be a signal.
static int works(int (*call)(void)) {
    int status;
    pid_t child = fork();
    if (child == 0) _exit(call() ? 0 : 1);
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(void) {
    if (works(by_int80)) succeeded("int 0x80");
    if (works(by_x32)) succeeded("x32");
    blocked("neither int 0x80 nor x32");
}
