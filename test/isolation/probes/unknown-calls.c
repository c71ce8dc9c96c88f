// Numbers of system calls that nobody has judged: those above the newest known, and in the gaps. A kernel without them
// answers ENOSYS too; so a filter of our own asks to be told of each. One that stands before it and refuses the call has
// the say.
#include "probe.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifdef __x86_64__
static const int numbers[] = {470, 471, 512, 1000, 0x3fffffff, 337, 400, 423};
#else
static const int numbers[] = {470, 471, 512, 1000, 0x3fffffff, 244, 259, 295, 423};
#endif
enum { COUNT = sizeof numbers / sizeof *numbers, ANSWER = 4711, NEXT = 470 };

static int listen_for_them(void) {
    struct sock_filter code[COUNT + 3] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    for (int i = 0; i < COUNT; i++)
        code[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)numbers[i], COUNT - i, 0);
    code[COUNT + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[COUNT + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    struct sock_fprog program = {.len = COUNT + 3, .filter = code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

// Answers what comes, until the caller is gone.
static void answer(int listener) {
    for (;;) {
        struct seccomp_notif asked = {0};
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0) _exit(0);
        struct seccomp_notif_resp given = {.id = asked.id, .val = ANSWER};
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &given);
    }
}

int main(void) {
    int listener = listen_for_them();
    if (listener < 0) return 64;
    pid_t child = fork();
    if (child == 0) answer(listener);
    int reached = 0, above = 0;
    for (int i = 0; i < COUNT; i++) {
        if (syscall(numbers[i], 0, 0, 0, 0, 0, 0) == ANSWER) reached = numbers[i];
        if (numbers[i] >= NEXT) above |= errno;
    }
    kill(child, 9);
    if (reached) succeeded("number %d", reached);
    blocked("above the newest: %s", strerror(above));
}
