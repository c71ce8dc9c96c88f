/* What snapshot and rollback share: one at a time, everybody else's requests wait, the root is one descriptor. */
#ifndef SANDSTACK_ROOT_SWAP_H
#define SANDSTACK_ROOT_SWAP_H
#include "message.h"
#include "stream.h"

/* The operation is this stream's; from here to swap_end new requests are held back. */
void swap_begin(struct stream *s);
/* As a verb's `closed`: the operation goes on. */
void swap_closed(struct stream *s);
/* Takes the new root out of the keeper's answer; the old one is returned (-1 if there was no new one). */
int swap_take_root(struct message *m);
/* Ends the stream, with the keeper's error if it sent one, lets requests in again and closes the old root. */
void swap_end(const struct fields *answer, struct writer *w, int old_root);
#endif
