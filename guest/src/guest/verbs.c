#include "verbs.h"

static const struct verb *const verbs[] = {
    &verb_spawn,   &verb_task,    &verb_attach,  &verb_kill,   &verb_commands, &verb_stdin,  &verb_resize,
    &verb_read,    &verb_write,   &verb_list,    &verb_stat,   &verb_remove,   &verb_rename, &verb_mkdir,
    &verb_watch,   &verb_tar_out, &verb_tar_in,  &verb_dial,   &verb_info,     &verb_set_deadline,
    &verb_metrics, &verb_freeze,  &verb_thaw,    &verb_set_env, &verb_set_limits, &verb_snapshot, &verb_rollback,
    &verb_end_sandbox,
};

const struct verb *verb_find(uint64_t number) {
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (verbs[i]->number == number) return verbs[i];
    return NULL;
}
