/* A snapshot by copying: while commands run (frozen by the guest), or out of a disk that ends with the sandbox. Another
 * process copies, so that the keeper keeps its deadline meanwhile. */
#ifndef SANDSTACK_KEEPER_COPY_H
#define SANDSTACK_KEEPER_COPY_H
#include <stdbool.h>

struct snapshot_request {
    char *id, *description;
    bool keep;
};

/* False with a fault; else snapshot_copied is called when it is done. */
bool copy_start(const struct snapshot_request *r);
/* keeper-snapshot.c: the lowers of a copied snapshot are there, or there is a fault. */
void snapshot_copied(const struct snapshot_request *r, char **lowers);
#endif
