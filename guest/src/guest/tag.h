/* Which command a process comes from: a number in its hard limit of file locks, which Linux has looked at no more since 2.4.25.
 * Every process that comes from another has it, whatever group, session, parent or program it has; a payload may not raise it, and
 * the seal (seccomp.h) keeps it from lowering it. */
#ifndef SANDSTACK_TAG_H
#define SANDSTACK_TAG_H
#include <stdint.h>
#include <sys/types.h>

/* The same as no limit. The soft limit is this, the hard one so much more as the tag says. */
#define TAG_BASE (UINT64_C(1) << 62)

/* In a child. Where the kernel refuses it (gVisor) the command has none. */
void tag_set(uint64_t tag);
enum { TAG_NONE = 0 };
#define TAG_GONE UINT64_MAX
/* A process's tag, TAG_NONE, or TAG_GONE if there is no such process any more. */
uint64_t tag_of(pid_t pid);
#endif
