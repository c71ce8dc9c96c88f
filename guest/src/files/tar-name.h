/* Names inside an archive. Pure, as tar-header.h. */
#ifndef SANDSTACK_TAR_NAME_H
#define SANDSTACK_TAR_NAME_H
#include <stdbool.h>

/* Takes out `.`, doubled slashes and a slash at the end, in place; "" is the archive's top. NULL, or what is wrong with it. */
const char *tar_name_clean(char *name);
/* Whether a relative link with this name (clean, below `top`) climbs above the sandbox's root. An absolute one begins
 * there, and so stays inside. What a link really leads to the kernel decides, each time something goes through it. */
bool tar_link_leads_out(const char *top, const char *name, const char *target);
#endif
