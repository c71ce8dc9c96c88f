#include "own-attributes.h"
#include <string.h>
#include "fault.h"
#include "path.h"
#include "process-attributes.h"
#include "process-limits.h"
#include "spec.h"

/* Guest and payload have a memory limit of their own; where the machine is out of memory, they are as likely as others. */
static bool set_oom_score(void) {
    static const char file[] = "/proc/self/oom_score_adj", ours[] = "0";
    char now[32];
    file_get(file, now, sizeof now);
    now[strcspn(now, "\n")] = 0;
    if (strcmp(now, ours) == 0 || file_tell(file, ours) == 0) return true;
    return fault_set("LIMIT",
                     "oom_score_adj is %s, and may not be lowered to 0. Start it where it is 0 or was raised without a privilege, or "
                     "give whoever makes sandboxes CAP_SYS_RESOURCE",
                     now);
}

bool own_attributes_set(void) {
    struct low_limit low;
    char text[400];
    if (!process_limits_set(process_limit_of(spec.processes, false), true, &low)) {
        process_limits_explain(&low, text, sizeof text);
        return fault_set("LIMIT", "%s", text);
    }
    const char *stuck = process_attributes_set();
    if (!stuck) stuck = process_groups_clear();
    return stuck ? fault_errno("setting the %s of the keeper", stuck) : set_oom_score();
}
