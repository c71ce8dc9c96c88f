/* The first frame each way: versions, who the guest is, and the client's nonce back. */
#ifndef SANDSTACK_HELLO_H
#define SANDSTACK_HELLO_H
#include "connection.h"
void hello_receive(struct connection *c, const struct frame *frame);
#endif
