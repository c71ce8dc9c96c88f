/* The sandbox's own lists of accounts. */
#ifndef SANDSTACK_ACCOUNT_FILE_H
#define SANDSTACK_ACCOUNT_FILE_H

/* The text of /etc/passwd or /etc/group below the payload's root, malloc'ed; NULL if there is none to be read. */
char *account_file_read(const char *path);
#endif
