/* Names inside an archive. Pure, as tar-header.h. */
#ifndef SANDSTACK_TAR_NAME_H
#define SANDSTACK_TAR_NAME_H
/* Takes out `.`, doubled slashes and a slash at the end, in place; "" is the archive's top. NULL, or what is wrong with it. */
const char *tar_name_clean(char *name);
#endif
