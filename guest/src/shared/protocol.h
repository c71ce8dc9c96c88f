/* The guest protocol's numbers. They stand in TypeScript too (src/model/protocol.ts); guest/PROTOCOL.md explains them.
 * A test compares the two files by name: PREFIX_NAME here is Prefix.NAME there. */
#ifndef SANDSTACK_PROTOCOL_H
#define SANDSTACK_PROTOCOL_H

enum {
    PROTOCOL_VERSION = 1,
    HEADER_BYTES = 12,
    MAX_PAYLOAD = 65536,
    MAX_REQUEST = 2097152,
    INITIAL_WINDOW = 262144,
    MAX_STREAMS = 1024,
    MAX_CONNECTIONS = 256,
    GRACE_MS = 500,
    KEPT_OUTPUT = 1048576,
};

enum {
    TYPE_HELLO = 1,
    TYPE_OPEN = 2,
    TYPE_REPLY = 3,
    TYPE_DATA = 4,
    TYPE_EOF = 5,
    TYPE_WINDOW = 6,
    TYPE_EVENT = 7,
    TYPE_END = 8,
    TYPE_ERROR = 9,
    TYPE_RESET = 10,
    TYPE_PING = 11,
    TYPE_PONG = 12,
    TYPE_PART = 13,
};

enum {
    CHANNEL_IN = 0,
    CHANNEL_OUT = 1,
    CHANNEL_ERR = 2,
};

enum {
    VERB_SPAWN = 1,
    VERB_ATTACH = 2,
    VERB_KILL = 3,
    VERB_COMMANDS = 4,
    VERB_STDIN = 5,
    VERB_RESIZE = 6,
    VERB_READ = 10,
    VERB_WRITE = 11,
    VERB_LIST = 12,
    VERB_STAT = 13,
    VERB_REMOVE = 14,
    VERB_RENAME = 15,
    VERB_MKDIR = 16,
    VERB_WATCH = 17,
    VERB_TAR_OUT = 18,
    VERB_TAR_IN = 19,
    VERB_INFO = 30,
    VERB_SET_DEADLINE = 31,
    VERB_METRICS = 32,
    VERB_FREEZE = 33,
    VERB_THAW = 34,
    VERB_SET_ENV = 35,
    VERB_SET_LIMITS = 36,
    VERB_SNAPSHOT = 40,
    VERB_ROLLBACK = 41,
    VERB_END_SANDBOX = 42,
    VERB_TASK = 43,
    VERB_DIAL = 50,
    VERB_ACCEPT = 51,
};

enum {
    TAG_VERB = 1,
    TAG_VERSION_MIN = 2,
    TAG_VERSION_MAX = 3,
    TAG_SOFTWARE = 4,
    TAG_NONCE = 5,
    TAG_ID = 6,
    TAG_TIER = 7,
    TAG_CODE = 8,
    TAG_MESSAGE = 9,
    TAG_ARG = 10,
    TAG_ENV = 11,
    TAG_CWD = 12,
    TAG_USER = 13,
    TAG_FLAGS = 14,
    TAG_TIMEOUT = 15,
    TAG_COLS = 16,
    TAG_ROWS = 17,
    TAG_PID = 18,
    TAG_SIGNAL = 19,
    TAG_EXIT_CODE = 20,
    TAG_HOW = 21,
    TAG_PATH = 22,
    TAG_TARGET = 23,
    TAG_KIND = 24,
    TAG_MODE = 25,
    TAG_UID = 26,
    TAG_GID = 27,
    TAG_SIZE = 28,
    TAG_MTIME = 29,
    TAG_NAME = 30,
    TAG_ENTRY = 31,
    TAG_OFFSET = 32,
    TAG_DEPTH = 33,
    TAG_EVENT_KIND = 34,
    TAG_DEADLINE = 35,
    TAG_COMMAND = 36,
    TAG_STARTED = 37,
    TAG_PORT = 38,
    TAG_CPU_NS = 39,
    TAG_MEM_BYTES = 40,
    TAG_MEM_LIMIT = 41,
    TAG_PIDS = 42,
    TAG_PIDS_LIMIT = 43,
    TAG_DISK_USED = 44,
    TAG_DISK_LIMIT = 45,
    TAG_CPUS = 46,
    TAG_DESCRIPTION = 47,
    TAG_GRACE = 48,
    TAG_TTY = 49,
    TAG_STATE = 50,
    TAG_DROPPED = 51,
    TAG_GROUP = 52,
    TAG_MTIME_SECONDS = 53,
    TAG_OWNER = 100,
    TAG_ENTRY_DIR = 101,
    TAG_SOCKET = 102,
    TAG_SOCKET_GID = 103,
    TAG_UID_BASE = 104,
    TAG_UID_SLOT = 105,
    TAG_GUEST_ROOT = 106,
    TAG_LAYER = 107,
    TAG_LAYERS_DIR = 108,
    TAG_SNAPSHOTS_DIR = 109,
    TAG_CGROUP = 110,
    TAG_NETWORK = 111,
    TAG_FILE = 112,
    TAG_NSPAWN = 113,
    TAG_DISK_TEMPLATE = 114,
    TAG_NAME_LINK = 115,
    TAG_LAYER_REF = 116,
    TAG_CREATOR_PID = 117,
};

enum {
    HOW_ITSELF = 0,
    HOW_TIMEOUT = 1,
    HOW_KILLED = 2,
    HOW_OUT_OF_MEMORY = 3,
    HOW_ROLLED_BACK = 4,
    HOW_CLIENT_GONE = 5,
    HOW_SANDBOX_END = 6,
};

enum {
    SPAWN_FLAG_BACKGROUND = 1,
    SPAWN_FLAG_STDIN = 2,
    SPAWN_FLAG_PTY = 4,
    SPAWN_FLAG_NO_OUTPUT = 8,
    /* Of a listing: who asks can't set it. */
    SPAWN_FLAG_TASK = 16,
};

/* Holes are told, not sent as zeros. */
enum {
    READ_FLAG_HOLES = 1,
};

enum {
    WRITE_FLAG_APPEND = 1,
    /* The data is a map of the file's pieces, then they. */
    WRITE_FLAG_HOLES = 2,
};

enum {
    TAR_FLAG_HOLES = 1,
    /* An entry that can't be packed or unpacked is told, and the rest goes on. */
    TAR_FLAG_TELL = 2,
};

enum {
    STDIN_FLAG_CLOSE = 1,
};

enum {
    STAT_FLAG_NO_FOLLOW = 1,
};

enum {
    WATCH_FLAG_RECURSIVE = 1,
};

enum {
    SNAPSHOT_FLAG_KEEP = 1,
};

/* The sandbox ends with this connection. */
enum {
    HELLO_FLAG_LEASH = 1,
};

/* Flags of the guest's HELLO: it takes WRITE_FLAG_HOLES, and sparse files in archives; and requests in several frames. */
enum {
    GUEST_FLAG_HOLES = 1,
    GUEST_FLAG_PARTS = 2,
};

/* Of the keeper's spec. */
enum {
    KEEPER_FLAG_PLAIN_LAYERS = 1,
};

enum {
    ENTRY_KIND_FILE = 1,
    ENTRY_KIND_DIRECTORY = 2,
    ENTRY_KIND_SYMLINK = 3,
    ENTRY_KIND_OTHER = 4,
};

enum {
    EVENT_KIND_CREATE = 1,
    EVENT_KIND_WRITE = 2,
    EVENT_KIND_REMOVE = 3,
    EVENT_KIND_RENAME = 4,
    EVENT_KIND_CHMOD = 5,
    EVENT_KIND_OVERFLOW = 6,
};

#endif
