#include "core-limit.h"
#include <sys/resource.h>

enum { NONE_AT_ALL = 1 };

void core_limit(void) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){NONE_AT_ALL, NONE_AT_ALL});
}
