#include "ipc.h"
#include <signal.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>
#include "guest.h"

union semun {
    struct semid_ds *status;
    struct seminfo *info;
};

/* Only an owner may remove an object, so this process becomes each in turn: root last, because leaving uid 0 costs the
 * capability to become anybody else. */
static bool root_turn;

static bool as_owner(uid_t owner) {
    return (owner == 0) == root_turn && setresuid(-1, owner, -1) == 0;
}

static void remove_shm(void) {
    struct shm_info info;
    struct shmid_ds status;
    int last = shmctl(0, SHM_INFO, (struct shmid_ds *)&info);
    for (int i = 0; i <= last; i++) {
        int id = shmctl(i, SHM_STAT_ANY, &status);
        if (id >= 0 && as_owner(status.shm_perm.cuid)) shmctl(id, IPC_RMID, NULL);
    }
}

static void remove_sem(void) {
    struct seminfo info;
    struct semid_ds status;
    int last = semctl(0, 0, SEM_INFO, (union semun){.info = &info});
    for (int i = 0; i <= last; i++) {
        int id = semctl(i, 0, SEM_STAT_ANY, (union semun){.status = &status});
        if (id >= 0 && as_owner(status.sem_perm.cuid)) semctl(id, 0, IPC_RMID);
    }
}

static void remove_msg(void) {
    struct msginfo info;
    struct msqid_ds status;
    int last = msgctl(0, MSG_INFO, (struct msqid_ds *)&info);
    for (int i = 0; i <= last; i++) {
        int id = msgctl(i, MSG_STAT_ANY, &status);
        if (id >= 0 && as_owner(status.msg_perm.cuid)) msgctl(id, IPC_RMID, NULL);
    }
}

static void remove_objects(void) {
    remove_shm();
    remove_sem();
    remove_msg();
}

/* In a child: a change of ids costs a process its PDEATHSIG. No payload runs now that could signal it. */
void ipc_remove_all(void) {
    if (!guest.namespaces) return;
    pid_t child = _Fork();
    if (child == 0) {
        remove_objects();
        root_turn = true;
        remove_objects();
        _exit(0);
    }
    if (child > 0) waitpid(child, NULL, 0);
}
