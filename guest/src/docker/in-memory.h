/* What a payload can keep beside its volumes: shared memory and message queues of the container. */
#ifndef SANDSTACK_IN_MEMORY_H
#define SANDSTACK_IN_MEMORY_H
/* Nothing of the payload runs meanwhile. */
void in_memory_remove_all(void);
#endif
