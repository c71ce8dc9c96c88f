// Paths of the host in a list of mounts: of the sandbox's own, or of the process that holds it up.
#include "probe.h"

static void look(const char *path, const char *name) {
    char line[8192];
    FILE *mounts = fopen(path, "r");
    while (mounts && fgets(line, sizeof line, mounts))
        if (strstr(line, name)) succeeded("%s: %s", path, strtok(line, "\n"));
    if (mounts) fclose(mounts);
}

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    look("/proc/self/mountinfo", argv[1]);
    look("/proc/1/mountinfo", argv[1]);
    blocked("no path of the host");
}
