// Bytes without sense into every descriptor it was given, and every lock and option those take.
#include "probe.h"
#include <sys/file.h>
#include <sys/socket.h>

int main(void) {
    char noise[65536];
    for (size_t i = 0; i < sizeof noise; i++) noise[i] = (char)(i * 2654435761u >> 13);
    for (int fd = 0; fd < 4096; fd++) {
        if (fcntl(fd, F_GETFD) < 0) continue;
        fcntl(fd, F_SETFL, O_NONBLOCK);
        for (int i = 0; i < 8; i++)
            if (write(fd, noise, sizeof noise) < 0) break;
        shutdown(fd, SHUT_RDWR);
    }
    return 9;
}
