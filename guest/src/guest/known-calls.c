#include "known-calls.h"

/* The list of Linux 6.18 (2025-11-30), from what `asm/unistd.h` is made of: arch/x86/entry/syscalls/syscall_64.tbl and
 * scripts/syscall.tbl. The next is 470, listns. Whoever raises the last number judges what is new first: seccomp-rules.c
 * for what is denied, src/model/docker/known-calls.ts for the engines' profile, docs/security.md for people. */
enum { FIRST_COMMON = 424, LAST_COMMON = 469 /* file_setattr */ };

#ifdef __x86_64__
/* To 334, rseq; 335 and 336 are what a probe of the host's own tracer puts into a process (uretprobe, uprobe). */
const struct call_range known_calls[] = {{0, 336}, {FIRST_COMMON, LAST_COMMON}};
#else
/* From 244 to 259 is kept for an architecture's own, of which arm64 has none; 294 is kexec_file_load. */
const struct call_range known_calls[] = {{0, 243}, {260, 294}, {FIRST_COMMON, LAST_COMMON}};
#endif
const size_t known_call_ranges = sizeof known_calls / sizeof *known_calls;
