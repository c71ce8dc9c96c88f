/* SIGTERM from outside the container ends the sandbox, as `docker stop` means it. */
#ifndef SANDSTACK_STOP_SIGNAL_H
#define SANDSTACK_STOP_SIGNAL_H
int stop_signal_start(void); /* -1 with errno */
#endif
