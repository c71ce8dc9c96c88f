// This program's file belongs to root and has the setuid bit.
#include "probe.h"

int main(void) {
    if (getuid() == 0) blocked("root already");
    if (geteuid() == 0) succeeded("root by the setuid bit");
    blocked("euid %d", geteuid());
}
