#include "fault.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "error-code.h"

struct fault fault;

void fault_clear(void) {
    fault = (struct fault){0};
}

static void set(const char *code, const char *format, va_list arguments) {
    if (fault.code[0]) return;
    snprintf(fault.code, sizeof fault.code, "%s", code);
    vsnprintf(fault.message, sizeof fault.message, format, arguments);
    for (char *at = fault.message; *at; at++)
        if (*at == '\n') *at = ' ';
}

bool fault_set(const char *code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    set(code, format, arguments);
    va_end(arguments);
    return false;
}

bool fault_errno(const char *format, ...) {
    char text[400];
    int error = errno;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return fault_set(error_code(error), "%s: %s", text, strerror(error));
}
