// The kernel's log, by its call and by its device.
#include "probe.h"
#include <sys/klog.h>

int main(void) {
    static char text[65536];
    if (klogctl(3 /* SYSLOG_ACTION_READ_ALL */, text, sizeof text) > 0) succeeded("syslog(2)");
    int why = errno;
    int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
    if (fd >= 0 && read(fd, text, sizeof text) > 0) succeeded("/dev/kmsg");
    blocked("syslog: %s, /dev/kmsg: %s", strerror(why), strerror(errno));
}
