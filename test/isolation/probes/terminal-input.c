// Types a character into the terminal that the caller sits at.
#include "probe.h"
#include <sys/ioctl.h>

int main(void) {
    int terminals[] = {0, 1, 2, open("/dev/tty", O_RDWR)};
    for (int i = 0; i < 4; i++)
        if (ioctl(terminals[i], TIOCSTI, "\n") == 0) succeeded("typed into descriptor %d", terminals[i]);
    blocked_by_errno("TIOCSTI");
}
