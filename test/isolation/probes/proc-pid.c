// The host's process by its number: is it there at all?
#include "probe.h"

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    char path[64], text[256] = {0};
    snprintf(path, sizeof path, "/proc/%s/cmdline", argv[1]);
    int fd = open(path, O_RDONLY);
    if (fd < 0) blocked_by_errno(path);
    ssize_t n = read(fd, text, sizeof text - 1);
    for (ssize_t i = 0; i < n; i++)
        if (!text[i]) text[i] = ' ';
    if (!strstr(text, argv[2])) blocked("%s is another process here", path);
    succeeded("%s: %s", path, text);
}
