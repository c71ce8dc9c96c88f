#include "settings.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "guest.h"
#include "launch.h"

static const char prefix[] = "SANDSTACK_";

static const struct {
    const char *name;
    char **value;
    bool needed;
} texts[] = {
    {"SANDSTACK_ID", &guest.id, true},
    {"SANDSTACK_USER", &guest.user, true},
    {"SANDSTACK_HOME", &guest.home, true},
    {"SANDSTACK_CWD", &guest.cwd, false},
};

static uint64_t payload_uid;
static const struct {
    const char *name;
    uint64_t *value;
    bool needed;
} numbers[] = {
    {"SANDSTACK_UID", &payload_uid, true},      {"SANDSTACK_STARTED", &guest.started_ms, true},
    {"SANDSTACK_DEADLINE", &guest.deadline_ms, true}, {"SANDSTACK_MEMORY", &guest.memory, false},
    {"SANDSTACK_PROCESSES", &guest.processes, false}, {"SANDSTACK_CPUS", &guest.cpus, false},
};

/* False for what is there and is no number, or is missing and needed. */
static bool take_number(const char *text, bool needed, uint64_t *out) {
    char *end;
    if (!text || !*text) return !needed;
    *out = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end;
}

/* HOME is the engine's word for the user that the guest was started as, HOSTNAME for the container. */
static bool is_of_image(const char *variable) {
    const char *equals = strchr(variable, '=');
    return equals && equals != variable && strncmp(variable, prefix, sizeof prefix - 1) != 0 &&
           strncmp(variable, "HOME=", 5) != 0 && strncmp(variable, "HOSTNAME=", 9) != 0;
}

static char **image_environment(void) {
    size_t count = 0;
    while (environ[count]) count++;
    char **image = calloc(count + 1, sizeof *image), **end = image;
    for (char **variable = environ; image && *variable; variable++)
        if (is_of_image(*variable) && (*end = strdup(*variable))) end++;
    return image;
}

const char *settings_take(void) {
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *text = getenv(texts[i].name);
        if (text && *text) *texts[i].value = strdup(text);
        else if (texts[i].needed) return texts[i].name;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!take_number(getenv(numbers[i].name), numbers[i].needed, numbers[i].value)) return numbers[i].name;
    /* Ids that are somebody's: root's, the guest's, none. */
    if (payload_uid == 0 || payload_uid == GUEST_UID || payload_uid == NOBODYS_UID || payload_uid >= UINT32_MAX) return "SANDSTACK_UID";
    if (guest.home[0] != '/') return "SANDSTACK_HOME";
    guest.only_uid = (uid_t)payload_uid;
    guest.tier = strdup("docker");
    guest.own_root = guest.namespaces = true;
    environment_set_image(image_environment());
    clearenv();
    return NULL;
}
