/* The role `mirror`: makes one directory what another one is. It follows no link, and makes no device. */
#ifndef SANDSTACK_MIRROR_H
#define SANDSTACK_MIRROR_H
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* One name of a directory on both sides. */
struct place {
    int from, to; /* the directories */
    const char *name;
    struct stat info; /* on the first side */
};

/* Tells on stderr what failed, with errno; always false. */
bool mirror_failed(const char *doing, const char *name);

/* What belongs to the first belongs to the second on the other side; the same where nothing is to change. */
extern uid_t mirror_owner_before, mirror_owner_after;

/* Makes the contents of a directory those of another. */
bool mirror_contents(int from, int to);
/* As that, then its own owner, mode, times and attributes. Ends both descriptors. */
bool mirror_directory(int from, int to, const char *name);
/* Makes what is no directory. */
bool mirror_entry(const struct place *p);
/* Owner, mode, attributes and times of what is open on both sides. */
bool mirror_facts(int from, int to, const struct stat *info, const char *name);

/* A name that its file has been given on the other side already, below the directory that `links_begin` was told of; NULL. */
const char *links_find(const struct stat *info);
void links_begin(int to);
int links_root(void);
void links_enter(const char *name);
void links_leave(void);
/* Keeps where a file with several names has its first. */
bool links_keep(const struct stat *info, const char *name);
#endif
