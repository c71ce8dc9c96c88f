/* Layers: `<directory>/<sandbox id>.<n>/{diff,work.<n>,refs/<user>}`. Who drops a reference and then manages to rmdir
 * `refs` was the last user, and removes the layer (guest/PROTOCOL.md). */
#ifndef SANDSTACK_LAYERS_H
#define SANDSTACK_LAYERS_H
#include <stdbool.h>

/* Makes the sandbox's next layer in a directory, used by `user`; its diff looks like `like`'s top (owner, mode). The
 * layer's path, malloc'ed; NULL with a fault. */
char *layer_new(const char *directory, const char *user, const char *like);
/* The layer of a lower directory `…/diff`, malloc'ed; NULL where it is an image's. */
char *layer_of(const char *lower);
/* False with a fault if the layer is gone. */
bool layer_take(const char *layer, const char *user);
/* True if that was the last user: the layer is the caller's to remove. */
bool layer_release(const char *layer, const char *user);
/* Gives up a layer that was made for nothing, and frees its name; NULL is none. */
void layer_discard(char *layer, const char *user);
/* At the sandbox's end: drops its references everywhere, its snapshots that are not kept, and every layer of its own
 * that nobody else uses. False with a fault if something stays. */
bool layers_end(void);
#endif
