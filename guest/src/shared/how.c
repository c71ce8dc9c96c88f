#include "how.h"
#include <stddef.h>
#include "protocol.h"

const char *how_name(uint64_t how) {
    static const char *const names[] = {[HOW_TIMEOUT] = "timed out", [HOW_KILLED] = "killed", [HOW_OUT_OF_MEMORY] = "out of memory"};
    return how < sizeof names / sizeof *names && names[how] ? names[how] : "finished";
}
