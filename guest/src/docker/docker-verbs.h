/* Verbs that a keeper would have a part in, where there is none. */
#ifndef SANDSTACK_DOCKER_VERBS_H
#define SANDSTACK_DOCKER_VERBS_H
#include "verbs.h"
extern const struct verb *const docker_verbs[];
/* docker-rollback.c */
extern const struct verb docker_rollback;
#endif
