#include <stdio.h>
#include <string.h>
#include "core-limit.h"
#include "roles.h"

static const struct {
    const char *name;
    int (*run)(void);
} roles[] = {
    {"guest", guest_main},
    {"starter", starter_main},
    {"sweep", sweep_main},
    {"look", look_main},
    {"docker", docker_main},
    {"bridge", bridge_main},
    {"mirror", mirror_main},
    {"reaper", reaper_main},
    {"probe", probe_main},
};

static char *shown;

void role_show(const char *name) {
    strncpy(shown, name, strlen(shown));
}

int main(int argc, char **argv) {
    core_limit();
    shown = argc == 2 ? argv[1] : NULL;
    for (size_t i = 0; argc == 2 && i < sizeof roles / sizeof *roles; i++)
        if (strcmp(argv[1], roles[i].name) == 0) return roles[i].run();
    fprintf(stderr, "usage: sandstack-guest guest|starter|sweep|look|docker|bridge|mirror|reaper|probe (version " SANDSTACK_VERSION ")\n");
    return 2;
}
