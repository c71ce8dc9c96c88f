/* The binary's roles: `sandstack-guest guest|starter|sweep|look|docker|bridge`; a keeper is a fork of a starter. Each gives the process's exit code. */
#ifndef SANDSTACK_ROLES_H
#define SANDSTACK_ROLES_H
int guest_main(void);
int keeper_main(void);
int starter_main(void);
int sweep_main(void);
int look_main(void);
int docker_main(void);
int bridge_main(void);
int mirror_main(void);
int reaper_main(void);
int probe_main(void);
/* What a list of processes shows from now on in the place of the role that this one was started with; no longer than that. */
void role_show(const char *name);
#endif
