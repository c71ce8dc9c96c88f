// Lists the machine's processes and looks for a secret in their environments.
#include "probe.h"
#include <dirent.h>

static int holds(const char *pid, const char *secret) {
    char path[300], text[65536];
    snprintf(path, sizeof path, "/proc/%s/environ", pid);
    int fd = open(path, O_RDONLY);
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text);
    close(fd);
    return n > 0 && memmem(text, (size_t)n, secret, strlen(secret)) != NULL;
}

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    DIR *proc = opendir("/proc");
    if (!proc) blocked_by_errno("opendir /proc");
    int seen = 0;
    for (struct dirent *e; (e = readdir(proc));) {
        if (e->d_name[0] < '0' || e->d_name[0] > '9') continue;
        seen++;
        if (atoi(e->d_name) != getpid() && holds(e->d_name, argv[1])) succeeded("environment of process %s", e->d_name);
    }
    blocked("%d processes seen, none of the host's", seen);
}
