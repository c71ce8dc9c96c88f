// Ends as a program with a fault does: what the machine's core handler gets of it is not for this process to see.
#include <stdlib.h>

int main(void) {
    abort();
}
