#include "error-code.h"
#include <errno.h>

const char *error_code(int error) {
    switch (error) {
    case ENOENT:
    case ESTALE: return "NOT_FOUND";
    case EEXIST: return "EXISTS";
    case ENOTDIR: return "NOT_A_DIRECTORY";
    case EISDIR: return "IS_A_DIRECTORY";
    case ENOTEMPTY: return "NOT_EMPTY";
    case EACCES:
    case EPERM:
    case EBUSY:
    case EROFS: return "PERMISSION_DENIED";
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return "NO_SPACE";
    case ELOOP:
    case EXDEV:
    case ENAMETOOLONG: return "BAD_PATH";
    case EMFILE:
    case ENFILE:
    case EMLINK:
    case EAGAIN: return "LIMIT";
    case ECONNRESET:
    case EPIPE:
    case ECONNREFUSED: return "CONNECTION_REFUSED";
    default: return "INTERNAL";
    }
}
