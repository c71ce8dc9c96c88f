/* Stands in for the keeper in the guest's own tests: starts a guest on a directory, hands it its descriptors, answers its
 * messages, and prints each as a line. The sandbox ends when stdin does.
 *   fake-keeper TIER GUEST ROOT SOCKET UID_BASE DEADLINE V2_CGROUP [V1_CGROUP...]
 * A rollback gives ROOT.after as the new root, unless its id is "refused". It proves nothing about the real keeper. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "message.h"
#include "protocol.h"

static const char *tier, *guest_binary, *root, *socket_path, *cgroup;
static unsigned uid_base;
static int descriptors[MESSAGE_DESCRIPTORS];
static size_t count;
static struct writer config;

static int must(int result, const char *what) {
    if (result < 0) err(1, "%s", what);
    return result;
}

static int tree_of(const char *suffix) {
    char path[512];
    snprintf(path, sizeof path, "%s%s", root, suffix);
    return must((int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE), path);
}

static void mount_below(const char *suffix, const char *name, const char *type, unsigned long flags, const char *data) {
    char path[512];
    snprintf(path, sizeof path, "%s%s", root, suffix);
    must(mount(name, path, type, flags, data), path);
}

static void make_root(const char *suffix) {
    char path[512], options[64];
    snprintf(path, sizeof path, "%s/usr", suffix);
    mount_below(path, "/usr", NULL, MS_BIND, NULL);
    snprintf(path, sizeof path, "%s/dev/pts", suffix);
    snprintf(options, sizeof options, "newinstance,ptmxmode=0666,mode=620,gid=%u", uid_base + 5);
    mount_below(path, "devpts", "devpts", 0, options);
}

static void pass(int fd, const char *name) {
    descriptors[count++] = fd;
    if (name) writer_text(&config, TAG_CGROUP, name);
}

static void pass_file(const char *directory, const char *file, int flags, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", directory, file);
    int fd = open(path, flags | O_CLOEXEC);
    if (fd >= 0) pass(fd, name);
    else if (errno != ENOENT) err(1, "%s", path);
}

static int listen_on(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
    must(bind(fd, (struct sockaddr *)&address, sizeof address), path);
    must(listen(fd, 1024), path);
    return fd;
}

static void configure(char **cgroups, uint64_t deadline) {
    writer_text(&config, TAG_ID, "sbx-test");
    writer_text(&config, TAG_TIER, tier);
    writer_text(&config, TAG_USER, "agent");
    if (strcmp(tier, "chroot") == 0) writer_number(&config, TAG_UID_BASE, uid_base);
    writer_number(&config, TAG_DEADLINE, deadline);
    writer_number(&config, TAG_STARTED, 1);
    writer_number(&config, TAG_PIDS_LIMIT, 256);
    pass(listen_on(socket_path), NULL);
    pass_file(cgroups[0], "cgroup.kill", O_WRONLY, "kill");
    pass_file(cgroups[0], "cgroup.freeze", O_WRONLY, "freeze");
    pass_file(cgroups[0], "cgroup.events", O_RDONLY, "events");
    pass_file(cgroups[0], "cgroup.procs", O_RDONLY, "members");
    pass_file(cgroups[0], "cpu.stat", O_RDONLY, "cpu.usage");
    if (strcmp(tier, "chroot") == 0) pass_file("/proc", ".", O_RDONLY | O_DIRECTORY, "proc");
    for (char **c = cgroups; *c; c++) {
        pass_file(*c, "cgroup.procs", O_WRONLY, "join");
        pass_file(*c, "pids.current", O_RDONLY, "pids.current");
        pass_file(*c, "memory.usage_in_bytes", O_RDONLY, "memory.usage");
        pass_file(*c, "memory.oom_control", O_RDONLY, "memory.oom");
    }
}

static void map_ids(pid_t child, const char *file) {
    char path[64], line[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)child, file);
    int length = snprintf(line, sizeof line, "0 %u 65536", uid_base);
    int fd = must(open(path, O_WRONLY | O_CLOEXEC), path);
    must((int)write(fd, line, (size_t)length), path);
    close(fd);
}

static _Noreturn void become_guest(int control, int mapped) {
    char byte;
    if (read(mapped, &byte, 1) != 1) _exit(1);
    must(setresgid(0, 0, 0), "setresgid");
    must(setresuid(0, 0, 0), "setresuid");
    must(dup2(control, CONTROL_FD), "dup2");
    if (strcmp(tier, "nspawn") == 0) must(mount("proc", "/proc", "proc", 0, NULL), "/proc");
    execl(guest_binary, "sandstack-guest", "guest", NULL);
    err(1, "%s", guest_binary);
}

static pid_t start_guest(int control) {
    int mapped[2];
    must(pipe2(mapped, O_CLOEXEC), "pipe");
    bool nspawn = strcmp(tier, "nspawn") == 0;
    int flags = nspawn ? CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS : 0;
    pid_t child = (pid_t)must((int)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0), "clone");
    if (child == 0) become_guest(control, mapped[0]);
    if (nspawn) {
        map_ids(child, "uid_map");
        map_ids(child, "gid_map");
    }
    must((int)write(mapped[1], "", 1), "pipe");
    return child;
}

/* Answers with the same fields, and with a root if there is one. */
static void answer(int control, const struct message *m, uint16_t number, int new_root) {
    must(message_send(control, number, m->body.data, m->body.length, &new_root, new_root >= 0), "answer");
    if (new_root >= 0) close(new_root);
}

static void refuse(int control) {
    struct writer w = {0};
    writer_text(&w, TAG_CODE, "NO_SUCH_SNAPSHOT");
    writer_text(&w, TAG_MESSAGE, "no snapshot refused");
    must(message_send(control, MESSAGE_ROLLBACK_DONE, w.data, w.length, NULL, 0), "refuse");
    writer_free(&w);
}

static char frozen(void) {
    char path[512], state = '?';
    snprintf(path, sizeof path, "%s/cgroup.freeze", cgroup);
    int fd = must(open(path, O_RDONLY | O_CLOEXEC), path);
    must((int)read(fd, &state, 1), path);
    close(fd);
    return state;
}

static void handle(int control, const struct message *m) {
    const struct fields *f = &m->body;
    uint64_t flags = m->number == MESSAGE_TASK_OUTPUT ? 0 : fields_number(f, TAG_FLAGS, 0);
    if (m->number == MESSAGE_READY) printf("ready\n");
    if (m->number == MESSAGE_TASK_OUTPUT) printf("output %zu\n", f->length);
    if (m->number == MESSAGE_DEADLINE) answer(control, m, MESSAGE_DEADLINE, -1);
    if (m->number == MESSAGE_SNAPSHOT) {
        printf("snapshot flags=%d frozen=%c\n", (int)flags, frozen());
        answer(control, m, MESSAGE_SNAPSHOT_DONE, flags & SNAPSHOT_COPY ? -1 : tree_of(""));
    }
    if (m->number == MESSAGE_ROLLBACK) {
        char *id = fields_text(f, TAG_ID);
        if (strcmp(id, "refused") == 0) refuse(control);
        else answer(control, m, MESSAGE_ROLLBACK_DONE, tree_of(".after"));
        free(id);
    }
    if (m->number == MESSAGE_ENDING)
        printf("ending how=%d code=%d signal=%d flags=%d dropped=%d\n", (int)fields_number(f, TAG_HOW, 99),
               (int)fields_number(f, TAG_EXIT_CODE, 999), (int)fields_number(f, TAG_SIGNAL, 0), (int)flags,
               (int)fields_number(f, TAG_DROPPED, 0));
    fflush(stdout);
}

static int serve(int control, pid_t guest) {
    static struct message m;
    struct pollfd fds[2] = {{.fd = control, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(fds, 2, -1) > 0) {
        char byte;
        if (fds[1].revents && read(STDIN_FILENO, &byte, 1) <= 0) break;
        if (!fds[0].revents) continue;
        if (message_receive(control, &m) != 1) break;
        handle(control, &m);
    }
    close(control);
    int status = 0;
    waitpid(guest, &status, 0);
    printf("exit %d signal %d\n", WEXITSTATUS(status), WTERMSIG(status));
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 8) errx(2, "TIER GUEST ROOT SOCKET UID_BASE DEADLINE V2_CGROUP [V1_CGROUP...]");
    tier = argv[1], guest_binary = argv[2], root = argv[3], socket_path = argv[4], cgroup = argv[7];
    uid_base = (unsigned)strtoul(argv[5], NULL, 10);
    int ends[2];
    must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair");
    pid_t guest = start_guest(ends[1]);
    close(ends[1]);
    must(unshare(CLONE_NEWNS), "unshare");
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
    make_root("");
    make_root(".after");
    configure(argv + 7, strtoull(argv[6], NULL, 10));
    must(message_send(ends[0], MESSAGE_CONFIG, config.data, config.length, descriptors, count), "CONFIG");
    int tree = tree_of("");
    must(message_send(ends[0], MESSAGE_ROOT, NULL, 0, &tree, 1), "ROOT");
    close(tree);
    printf("pid %d\n", (int)guest);
    fflush(stdout);
    return serve(ends[0], guest);
}
