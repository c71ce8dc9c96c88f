#include "root-swap.h"
#include <stdlib.h>
#include <unistd.h>
#include "connection.h"
#include "guest.h"
#include "hold.h"

static struct stream *asker; /* NULL if its client has gone */

void swap_begin(struct stream *s) {
    asker = s;
    hold_begin();
}

void swap_closed(struct stream *s) {
    if (asker == s) asker = NULL;
}

int swap_take_root(struct message *m) {
    if (m->descriptor_count == 0) return -1;
    int old = guest.root_fd;
    guest.root_fd = m->descriptors[0];
    m->descriptors[0] = -1;
    return old;
}

static void answer_error(const struct fields *answer) {
    char *code = fields_text(answer, TAG_CODE), *message = fields_text(answer, TAG_MESSAGE);
    stream_error(asker, code ? code : "INTERNAL", "%s", message ? message : "the keeper gave no reason");
    free(code);
    free(message);
}

void swap_end(const struct fields *answer, struct writer *w, int old_root) {
    if (asker && fields_has(answer, TAG_CODE)) answer_error(answer);
    else if (asker) stream_end(asker, w);
    asker = NULL;
    /* Closing the last descriptor of a tree drops its cached inodes, which may take long: the answer goes first. */
    connections_flush();
    if (old_root >= 0) close(old_root);
    hold_end();
}
