#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "launch.h"

enum { DEFAULTS = 7 };

/* The sandbox's own variables, and its image's; NULL where there are none. */
static char **own, **of_image;

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

bool environment_well_formed(char *const *envp) {
    for (; *envp; envp++) {
        const char *equals = strchr(*envp, '=');
        if (!equals || equals == *envp) return false;
    }
    return true;
}

void environment_set(char **fresh) {
    /* They may be secrets. */
    for (char **variable = own; variable && *variable; variable++) explicit_bzero(*variable, strlen(*variable));
    texts_free(own);
    own = fresh;
}

void environment_set_image(char **image) {
    texts_free(of_image);
    of_image = image;
}

static size_t count_of(char *const *envp) {
    size_t count = 0;
    while (envp && envp[count]) count++;
    return count;
}

/* Those whose names are not there yet. */
static bool add_missing(char **envp, size_t *count, char *const *more) {
    for (char *const *variable = more; variable && *variable; variable++) {
        char *name = strndup(*variable, (size_t)(strchr(*variable, '=') - *variable));
        bool given = name && environment_get(envp, name);
        free(name);
        if (!name) return false;
        if (given) continue;
        if (!(envp[*count] = strdup(*variable))) return false;
        envp[++*count] = NULL;
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
    size_t count = count_of(given);
    char **envp = realloc(given, (count + count_of(own) + count_of(of_image) + DEFAULTS + 1) * sizeof *envp);
    l->envp = envp ? envp : given;
    return envp && environment_well_formed(envp) && add_missing(envp, &count, own) &&
           add_missing(envp, &count, of_image) &&
           add_default(envp, &count, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin") &&
           add_default(envp, &count, "HOME", l->account.home) && add_default(envp, &count, "USER", l->account.name) &&
           add_default(envp, &count, "LOGNAME", l->account.name) && add_default(envp, &count, "SHELL", "/bin/sh") &&
           add_default(envp, &count, "LANG", "C.UTF-8") && (!tty || add_default(envp, &count, "TERM", "xterm-256color"));
}
