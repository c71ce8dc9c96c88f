// The kernel's keyrings are not in any namespace of ours.
#include "probe.h"
#include <sys/syscall.h>

int main(void) {
    if (syscall(SYS_add_key, "user", "sandstack-probe", "x", 1, -3 /* session keyring */) >= 0) succeeded("add_key");
    int why = errno;
    if (syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -3, 1) >= 0) succeeded("keyctl");
    blocked("add_key: %s, keyctl: %s", strerror(why), strerror(errno));
}
