/* What keeper and sweep are told of their sandbox (guest/PROTOCOL.md, "The keeper"); one per process. */
#ifndef SANDSTACK_SPEC_H
#define SANDSTACK_SPEC_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct spec {
    char *id, *tier, *user;
    char *entry_dir, *socket, *uid_slot, *guest_root, *layers_dir, *snapshots_dir, *network;
    char *nspawn, *disk_template, *name_link; /* NULL where there is none */
    char **layers, **cgroups, **files, **layer_refs;
    char **env, *cwd; /* the image's: of every command; cwd NULL where it has none */
    uint64_t started_ms, deadline_ms;
    uint64_t memory, processes, disk, cpus; /* limits; 0 is none */
    uid_t uid_base;
    gid_t socket_gid;
    pid_t creator; /* 0: the sandbox outlives its maker */
    bool is_nspawn;
    bool plain_layers; /* the upper layer is to say all by itself: no redirects */
};
extern struct spec spec;

/* Reads it from stdin to its end; false with a fault. */
bool spec_read(void);
#endif
