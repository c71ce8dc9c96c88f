#include "account-file.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "guest.h"

enum { MAX_FILE = 1048576 };

/* The payload owns this file: only a plain one of sane size is read. */
char *account_file_read(const char *path) {
    int fd = root_open(path, O_RDONLY | O_NONBLOCK, 0);
    struct stat info;
    char *text = NULL;
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size < MAX_FILE)
        text = malloc((size_t)info.st_size + 1);
    if (text) {
        ssize_t length = pread(fd, text, (size_t)info.st_size, 0);
        text[length > 0 ? length : 0] = 0;
    }
    if (fd >= 0) close(fd);
    return text;
}
