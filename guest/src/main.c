#include <stdio.h>
#include <string.h>
#include "roles.h"

static const struct {
    const char *name;
    int (*run)(void);
} roles[] = {
    {"guest", guest_main},
    {"keeper", keeper_main},
    {"sweep", sweep_main},
};

int main(int argc, char **argv) {
    for (size_t i = 0; argc == 2 && i < sizeof roles / sizeof *roles; i++)
        if (strcmp(argv[1], roles[i].name) == 0) return roles[i].run();
    fprintf(stderr, "usage: sandstack-guest guest|keeper|sweep (version " SANDSTACK_VERSION ")\n");
    return 2;
}
