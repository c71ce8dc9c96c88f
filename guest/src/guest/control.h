/* The guest's end of the pair that it shares with its keeper. EOF on it is the keeper's death: the payload is ended. */
#ifndef SANDSTACK_CONTROL_H
#define SANDSTACK_CONTROL_H
#include "message.h"

/* Waits for a message of this number and gives it; false if the keeper is gone or sent something else. Only before control_start. */
bool control_wait_for(uint16_t number, struct message *m);
int control_start(void);
/* Frees w (which may be NULL). A keeper that does not read in time loses the message: the guest never blocks on it. */
void control_send(uint16_t number, struct writer *w);
/* The same with raw bytes, waiting a little for room: the last words of a guest that ends. */
void control_send_last(uint16_t number, const void *body, size_t length);

/* Answers of the keeper, by number. The receiver takes descriptors out of the message by setting them to -1. */
void deadline_answered(struct message *m);
void snapshot_answered(struct message *m);
void rollback_answered(struct message *m);

/* last-words.c: what the keeper is told at the end. */
struct last_words;
void control_send_last_words(const struct last_words *words);
#endif
