/* The kernel writes no core file of more than RLIMIT_CORE, but where core_pattern is a pipe or a socket it takes 0 for a file's
 * bound, and hands root's handler all the same what a payload made. One byte it takes for "none at all". */
#ifndef SANDSTACK_CORE_LIMIT_H
#define SANDSTACK_CORE_LIMIT_H
/* Bounds the core files of this process and all that come from it. A hard limit of 0 that may not be raised stays. */
void core_limit(void);
#endif
