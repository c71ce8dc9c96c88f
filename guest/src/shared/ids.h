/* Users of a sandbox that both sides of it know by number. */
#ifndef SANDSTACK_IDS_H
#define SANDSTACK_IDS_H
enum {
    GUEST_UID = 65000,   /* the guest itself */
    NOBODYS_UID = 65001, /* of no process but the guest, and of that for a moment */
    AGENT_UID = 1000,    /* the default user */
};
#endif
