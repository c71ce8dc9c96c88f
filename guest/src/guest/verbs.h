/* Every verb of the guest, one table each, defined in the file of its concern. */
#ifndef SANDSTACK_VERBS_H
#define SANDSTACK_VERBS_H
#include "stream.h"

/* Those that a role has beside the common ones, behind them a NULL; once, at the start. */
void verbs_of_role(const struct verb *const *more);
/* NULL for a number that no verb has. */
const struct verb *verb_find(uint64_t number);

extern const struct verb verb_spawn, verb_task, verb_attach, verb_kill, verb_commands, verb_stdin, verb_resize;
extern const struct verb verb_read, verb_write, verb_list, verb_stat, verb_remove, verb_rename, verb_mkdir;
extern const struct verb verb_watch, verb_tar_out, verb_tar_in, verb_dial;
extern const struct verb verb_info, verb_metrics, verb_freeze, verb_set_env, verb_set_limits, verb_end_sandbox;
/* With a keeper. */
extern const struct verb verb_set_deadline, verb_snapshot, verb_rollback, verb_thaw;
#endif
