// Makes the smallest BPF map.
#include "probe.h"
#include <linux/bpf.h>
#include <sys/syscall.h>

int main(void) {
    union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
    if (syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr) >= 0) succeeded("made a map");
    blocked_by_errno("bpf");
}
