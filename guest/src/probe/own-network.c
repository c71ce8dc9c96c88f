#include <ifaddrs.h>
#include <net/if.h>
#include "probe.h"

static bool is_wanted(const struct ifaddrs *one) {
    bool leads_out = one->ifa_flags & IFF_UP && !(one->ifa_flags & IFF_LOOPBACK);
    return leads_out && one->ifa_addr && one->ifa_netmask && one->ifa_addr->sa_family == AF_INET;
}

bool own_network(struct in_addr *address, struct in_addr *mask) {
    struct ifaddrs *all, *one;
    if (getifaddrs(&all) < 0) return false;
    for (one = all; one && !is_wanted(one);) one = one->ifa_next;
    if (one) {
        *address = ((struct sockaddr_in *)one->ifa_addr)->sin_addr;
        *mask = ((struct sockaddr_in *)one->ifa_netmask)->sin_addr;
    }
    freeifaddrs(all);
    return one != NULL;
}
