// The guest protocol's numbers. They stand in C too (guest/src/shared/protocol.h); guest/PROTOCOL.md explains them.

export const PROTOCOL_VERSION = 1;
export const HEADER_BYTES = 12;
export const MAX_PAYLOAD = 65_536;
/** Bytes of a request's fields; those that do not fit a frame come in several. */
export const MAX_REQUEST = 2_097_152;
/** Credit in bytes that every channel starts with, in its direction. */
export const INITIAL_WINDOW = 262_144;

export const Type = {
  HELLO: 1,
  OPEN: 2,
  REPLY: 3,
  DATA: 4,
  EOF: 5,
  WINDOW: 6,
  EVENT: 7,
  END: 8,
  ERROR: 9,
  RESET: 10,
  PING: 11,
  PONG: 12,
  PART: 13,
} as const;

export const Channel = { IN: 0, OUT: 1, ERR: 2 } as const;

export const Verb = {
  SPAWN: 1,
  ATTACH: 2,
  KILL: 3,
  COMMANDS: 4,
  STDIN: 5,
  RESIZE: 6,
  READ: 10,
  WRITE: 11,
  LIST: 12,
  STAT: 13,
  REMOVE: 14,
  RENAME: 15,
  MKDIR: 16,
  WATCH: 17,
  TAR_OUT: 18,
  TAR_IN: 19,
  INFO: 30,
  SET_DEADLINE: 31,
  METRICS: 32,
  FREEZE: 33,
  THAW: 34,
  SET_ENV: 35,
  SET_LIMITS: 36,
  SNAPSHOT: 40,
  ROLLBACK: 41,
  END_SANDBOX: 42,
  TASK: 43,
  DIAL: 50,
  ACCEPT: 51,
} as const;

export const Tag = {
  VERB: 1,
  VERSION_MIN: 2,
  VERSION_MAX: 3,
  SOFTWARE: 4,
  NONCE: 5,
  ID: 6,
  TIER: 7,
  CODE: 8,
  MESSAGE: 9,
  ARG: 10,
  ENV: 11,
  CWD: 12,
  USER: 13,
  FLAGS: 14,
  TIMEOUT: 15,
  COLS: 16,
  ROWS: 17,
  PID: 18,
  SIGNAL: 19,
  EXIT_CODE: 20,
  HOW: 21,
  PATH: 22,
  TARGET: 23,
  KIND: 24,
  MODE: 25,
  UID: 26,
  GID: 27,
  SIZE: 28,
  MTIME: 29,
  NAME: 30,
  ENTRY: 31,
  OFFSET: 32,
  DEPTH: 33,
  EVENT_KIND: 34,
  DEADLINE: 35,
  COMMAND: 36,
  STARTED: 37,
  PORT: 38,
  CPU_NS: 39,
  MEM_BYTES: 40,
  MEM_LIMIT: 41,
  PIDS: 42,
  PIDS_LIMIT: 43,
  DISK_USED: 44,
  DISK_LIMIT: 45,
  CPUS: 46,
  DESCRIPTION: 47,
  GRACE: 48,
  TTY: 49,
  STATE: 50,
  DROPPED: 51,
  GROUP: 52,
  MTIME_SECONDS: 53,
  // Of the keeper's spec only.
  OWNER: 100,
  ENTRY_DIR: 101,
  SOCKET: 102,
  SOCKET_GID: 103,
  UID_BASE: 104,
  UID_SLOT: 105,
  GUEST_ROOT: 106,
  LAYER: 107,
  LAYERS_DIR: 108,
  SNAPSHOTS_DIR: 109,
  CGROUP: 110,
  NETWORK: 111,
  FILE: 112,
  NSPAWN: 113,
  DISK_TEMPLATE: 114,
  NAME_LINK: 115,
  LAYER_REF: 116,
  CREATOR_PID: 117,
} as const;

/** How a command ended (field HOW). */
export const How = {
  ITSELF: 0,
  TIMEOUT: 1,
  KILLED: 2,
  OUT_OF_MEMORY: 3,
  ROLLED_BACK: 4,
  CLIENT_GONE: 5,
  SANDBOX_END: 6,
} as const;

export const SpawnFlag = { BACKGROUND: 1, STDIN: 2, PTY: 4, NO_OUTPUT: 8, TASK: 16 } as const;
/** HOLES: holes of a file are told, not sent as zeros. */
export const ReadFlag = { HOLES: 1 } as const;
/** HOLES: the data is a map of the file's pieces, then they. */
export const WriteFlag = { APPEND: 1, HOLES: 2 } as const;
/** TELL: what can't be packed or unpacked is told, and the rest goes on. */
export const TarFlag = { HOLES: 1, TELL: 2 } as const;
export const StdinFlag = { CLOSE: 1 } as const;
export const StatFlag = { NO_FOLLOW: 1 } as const;
export const WatchFlag = { RECURSIVE: 1 } as const;
export const SnapshotFlag = { KEEP: 1 } as const;
/** LEASH: the sandbox ends with this connection. */
export const HelloFlag = { LEASH: 1 } as const;
/** Flags of the guest's HELLO: it takes WriteFlag.HOLES, and sparse files in archives; and requests in several frames. */
export const GuestFlag = { HOLES: 1, PARTS: 2 } as const;
/** Of the keeper's spec. */
export const KeeperFlag = { PLAIN_LAYERS: 1 } as const;

export const EntryKind = { FILE: 1, DIRECTORY: 2, SYMLINK: 3, OTHER: 4 } as const;
export const EventKind = { CREATE: 1, WRITE: 2, REMOVE: 3, RENAME: 4, CHMOD: 5, OVERFLOW: 6 } as const;
