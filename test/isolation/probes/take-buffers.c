// So many MiB that the kernel keeps for the payload: in sockets that nobody reads, in pipes, in files without a name.
// Run: take-buffers tcp|udp|unix|datagram|pipe|memfd MIB [PAIRS].
#include "probe.h"
#include <limits.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { PIECE = 32768 };
static char piece[PIECE];

// Two ends that are connected: what is written to the first lies at the second.
static int connect_to(int type, int server, int client) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(server, (struct sockaddr *)&address, length) < 0) return -1;
    if (type == SOCK_STREAM && listen(server, 1) < 0) return -1;
    if (getsockname(server, (struct sockaddr *)&address, &length) < 0) return -1;
    return connect(client, (struct sockaddr *)&address, length);
}

static int open_ends(const char *kind, int ends[2]) {
    if (strcmp(kind, "pipe") == 0) return pipe(ends);
    if (strcmp(kind, "unix") == 0) return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    if (strcmp(kind, "datagram") == 0) return socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
    if (strcmp(kind, "memfd") == 0) {
        ends[0] = ends[1] = memfd_create("buffer", 0);
        return ends[0];
    }
    int type = strcmp(kind, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
    ends[0] = socket(AF_INET, type, 0);
    ends[1] = socket(AF_INET, type, 0);
    if (ends[0] < 0 || ends[1] < 0 || connect_to(type, ends[0], ends[1]) < 0) return -1;
    if (type == SOCK_DGRAM) return 0;
    int listener = ends[0];
    ends[0] = accept(listener, NULL, NULL);
    return close(listener) < 0 ? -1 : ends[0];
}

// Bytes lie at a socket. UDP takes everything, and throws away what has no room.
static size_t queued(int fd) {
    unsigned numbers[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof numbers;
    getsockopt(fd, SOL_SOCKET, SO_MEMINFO, numbers, &length);
    return numbers[SK_MEMINFO_RMEM_ALLOC];
}

// Takes as much as fits into one; of a file without a name 8 MiB.
static size_t fill(const int ends[2], bool counts) {
    size_t held = 0, most = 8 << 20;
    ssize_t written;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (held < most && (written = write(ends[1], piece, PIECE)) > 0) {
        size_t now = counts ? held + (size_t)written : queued(ends[0]);
        if (now == held) break;
        held = now;
    }
    return held;
}

int main(int argc, char **argv) {
    if (argc < 3) return 64;
    size_t wanted = (size_t)atoi(argv[2]) << 20, held = 0;
    int most = argc > 3 ? atoi(argv[3]) : INT_MAX;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    memset(piece, 'x', PIECE);
    for (int pairs = 0; held < wanted; pairs++) {
        if (pairs == most) blocked("%d pairs hold %zu KiB", most, held >> 10);
        int ends[2];
        if (open_ends(argv[1], ends) < 0) blocked("opening after %zu KiB: %s", held >> 10, strerror(errno));
        size_t taken = fill(ends, strcmp(argv[1], "udp") != 0);
        if (taken == 0) blocked("writing after %zu KiB: %s", held >> 10, strerror(errno));
        held += taken;
    }
    succeeded("%zu MiB of %s", held >> 20, argv[1]);
}
