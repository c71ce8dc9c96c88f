// Switches address randomisation off for all that it executes.
#include "probe.h"
#include <sys/personality.h>

int main(void) {
    if (personality(ADDR_NO_RANDOMIZE) < 0) blocked_by_errno("personality");
    if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) blocked("it did not take");
    succeeded("addresses are fixed");
}
