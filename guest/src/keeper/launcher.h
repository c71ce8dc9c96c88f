/* The process that the keeper starts to have a guest: systemd-nspawn, or (chroot) the guest itself. */
#ifndef SANDSTACK_LAUNCHER_H
#define SANDSTACK_LAUNCHER_H
#include <stdbool.h>
#include <sys/types.h>

extern pid_t launcher_pid;     /* 0: none, or reaped */
extern int launcher_control;   /* the keeper's end of the pair with the guest */

/* False with a fault. */
bool launcher_start(void);
/* Waits for the guest's first message and gives its pid as this machine sees it; 0 with a fault, which has the
 * launcher's own words. */
pid_t launcher_wait_started(void);
/* To be called when launcher_pid has been reaped: the guest ends too. */
void launcher_reaped(void);
/* Waits until the control socket can be read; false with a fault when the launcher has died or nothing comes. */
bool launcher_wait_readable(void);
/* The launcher has ended, or is about to: false with a fault that has its words. */
bool launcher_wait_end(void);
/* Throws away what the launcher says from now on, so that it never blocks on it, and is never without a reader. */
bool launcher_mute(void);

/* launch-chroot.c, launch-nspawn.c: in the child, with CONTROL_FD and stdio in place. Only come back with a fault. */
void launch_chroot(void);
void launch_nspawn(void);
#endif
