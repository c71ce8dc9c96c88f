/* The container's last output: how its sandbox ended, which the engine's log keeps. */
#ifndef SANDSTACK_END_RECORD_H
#define SANDSTACK_END_RECORD_H
#include "end.h"
void end_record_write(const struct last_words *words);
#endif
