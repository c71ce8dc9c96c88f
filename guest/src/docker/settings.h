/* What the container's environment says of the sandbox. */
#ifndef SANDSTACK_DOCKER_SETTINGS_H
#define SANDSTACK_DOCKER_SETTINGS_H

/* Fills `guest`; what is not ours there becomes the image's environment, and none is left to look at. NULL, or the
 * variable that is missing or makes no sense. */
const char *settings_take(void);
#endif
