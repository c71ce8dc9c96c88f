#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "launch.h"

enum { DEFAULTS = 7 };

const char *environment_get(char *const *envp, const char *name) {
    size_t length = strlen(name);
    for (; *envp; envp++)
        if (strncmp(*envp, name, length) == 0 && (*envp)[length] == '=') return *envp + length + 1;
    return NULL;
}

void texts_free(char **texts) {
    for (char **t = texts; t && *t; t++) free(*t);
    free(texts);
}

static bool well_formed(char *const *envp) {
    for (; *envp; envp++) {
        const char *equals = strchr(*envp, '=');
        if (!equals || equals == *envp) return false;
    }
    return true;
}

static bool add_default(char **envp, size_t *count, const char *name, const char *value) {
    if (environment_get(envp, name)) return true;
    if (asprintf(&envp[*count], "%s=%s", name, value) < 0) {
        envp[*count] = NULL;
        return false;
    }
    envp[++*count] = NULL;
    return true;
}

bool environment_build(struct launch *l, const struct fields *f, bool tty) {
    char **given = fields_texts(f, TAG_ENV);
    if (!given) return false;
    size_t count = 0;
    while (given[count]) count++;
    char **envp = realloc(given, (count + DEFAULTS + 1) * sizeof *envp);
    l->envp = envp ? envp : given;
    return envp && well_formed(envp) &&
           add_default(envp, &count, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin") &&
           add_default(envp, &count, "HOME", l->account.home) && add_default(envp, &count, "USER", l->account.name) &&
           add_default(envp, &count, "LOGNAME", l->account.name) && add_default(envp, &count, "SHELL", "/bin/sh") &&
           add_default(envp, &count, "LANG", "C.UTF-8") && (!tty || add_default(envp, &count, "TERM", "xterm-256color"));
}
