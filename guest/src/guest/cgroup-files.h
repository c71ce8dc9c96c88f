/* Descriptors that cgroup.c keeps and cgroup-events.c reads. */
#ifndef SANDSTACK_CGROUP_FILES_H
#define SANDSTACK_CGROUP_FILES_H
extern int cgroup_events_fd, cgroup_members_fd;
#endif
