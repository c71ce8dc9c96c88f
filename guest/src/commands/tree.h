/* The tree of a command: its first process, and all that came from it. Signals go to the process group at once, and to what has
 * left that one by one. */
#ifndef SANDSTACK_TREE_H
#define SANDSTACK_TREE_H
#include <stdbool.h>
#include "command.h"

/* Sends a signal to all of the tree but the process group. */
void tree_signal(const struct command *c, int signal);
/* Kills all of the tree, and goes on until nothing of it is left, also once the command is forgotten. */
void tree_end(const struct command *c);
/* Whether that is still under way. */
bool tree_is_ending(const struct command *c);
#endif
