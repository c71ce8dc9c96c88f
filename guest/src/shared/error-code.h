/* Linux's error numbers as the protocol's codes. */
#ifndef SANDSTACK_ERROR_CODE_H
#define SANDSTACK_ERROR_CODE_H
const char *error_code(int error);
#endif
