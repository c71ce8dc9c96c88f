#include "guest.h"

struct guest guest = {.root_fd = -1};
