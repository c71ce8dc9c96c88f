/* Users of a sandbox that both sides of it know by number. */
#ifndef SANDSTACK_IDS_H
#define SANDSTACK_IDS_H
enum {
    GUEST_UID = 65000, /* the guest itself */
    AGENT_UID = 1000,  /* the default user */
};
#endif
