/* The binary's roles: `sandstack-guest guest|keeper|sweep`. Each gives the process's exit code. */
#ifndef SANDSTACK_ROLES_H
#define SANDSTACK_ROLES_H
int guest_main(void);
int keeper_main(void);
int sweep_main(void);
#endif
