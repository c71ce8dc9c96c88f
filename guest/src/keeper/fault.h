/* What went wrong in the keeper, for whoever asked: the first fault since fault_clear counts. */
#ifndef SANDSTACK_FAULT_H
#define SANDSTACK_FAULT_H
#include <stdbool.h>

struct fault {
    char code[32]; /* empty: none */
    char message[480];
};
extern struct fault fault;

void fault_clear(void);
/* Both give false, so that a failing function can return them. */
bool fault_set(const char *code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The code and the last words come from errno. */
bool fault_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));
#endif
