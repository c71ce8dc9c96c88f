/* The attributes that a process has of its maker beside limits: priorities, processors, personality and the like (docs/process-attributes.md). */
#ifndef SANDSTACK_PROCESS_ATTRIBUTES_H
#define SANDSTACK_PROCESS_ATTRIBUTES_H

/* Sets them for this process and all that come from it, its groups but its user ids aside. NULL, or the name of the one that could not be set, with errno. */
const char *process_attributes_set(void);
/* Gives up all groups of the maker's, for a process that may have none. The same result. */
const char *process_groups_clear(void);
/* Gives every signal its default action. */
void process_signals_reset(void);
#endif
