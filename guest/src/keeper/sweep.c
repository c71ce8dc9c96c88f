/* The role `sweep`: removes what a sandbox without a keeper left. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "clock.h"
#include "ending.h"
#include "fault.h"
#include "path.h"
#include "roles.h"
#include "spec.h"

/* The last one set, else the one it was made with. */
static uint64_t deadline_of_record(void) {
    char text[32];
    file_get(path_of("%s/deadline", spec.entry_dir).text, text, sizeof text);
    return text[0] ? strtoull(text, NULL, 10) : spec.deadline_ms;
}

int sweep_main(void) {
    umask(022);
    if (spec_read()) {
        struct ending ending = {.how = clock_ms_since_1970() >= deadline_of_record() ? "timed out" : "lost"};
        if (ending_finish(&ending)) return 0;
    }
    fprintf(stderr, "%s %s\n", fault.code, fault.message);
    return 1;
}
