/* What the verbs over files have in common: their fields, and how they fail. */
#ifndef SANDSTACK_FILE_REQUEST_H
#define SANDSTACK_FILE_REQUEST_H
#include <sys/stat.h>
#include "guest.h"
#include "protocol.h"
#include "stream.h"

/* A path of the request, absolute and malloc'ed; NULL, and the stream is ended, if it is none. */
char *request_path(struct stream *s, const struct fields *f, uint16_t tag);
/* The account of USER, or the sandbox's default; false, and the stream is ended, if there is none. */
bool request_account(struct stream *s, const struct fields *f, struct account *out);
mode_t request_mode(const struct fields *f, mode_t fallback);
/* Ends the stream: what the system said about a path. */
void file_failed(struct stream *s, int error, const char *path);
/* Ends the stream and gives false if this is no file with bytes: a directory, a pipe, a device. */
bool file_is_plain(struct stream *s, const struct stat *info, const char *path);
/* Opens a file, or if that will do a directory, for reading; -1, and the stream is ended, if it is neither. */
int file_open_plain(struct stream *s, const char *path, bool or_directory, struct stat *info);
#endif
