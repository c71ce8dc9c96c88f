import { readFileSync } from "node:fs";
import { type Ownership, makeDirectoryInside, removeInside, settle, writeInside } from "./edit";
import { InsideView } from "./inside";

/** The default user of commands in a sandbox, which is also its group. */
const AGENT = "agent";
const HOME = "/home/agent";
const FIRST_ID = 1000;

/** The files that say who exists, as texts; of `shadow` and `gshadow` only where the image has them. */
export interface Accounts {
  passwd: string;
  group: string;
  shadow?: string;
  gshadow?: string;
}

/** The accounts with user and group `agent` in them, with number 1000 or the next one free; those there stay as they are. */
export function withAgent(accounts: Accounts): Accounts {
  const { passwd, group, shadow, gshadow } = accounts;
  const users = rows(passwd);
  const groups = rows(group);
  const known = users.find(([name]) => name === AGENT);
  const ownGroup = groups.find(([name]) => name === AGENT);
  const taken = new Set([...users, ...groups].map(([, , id]) => Number(id)));
  let free = FIRST_ID;
  while (taken.has(free)) free += 1;
  const gid = ownGroup?.[2] ?? String(free);
  const uid = users.some(([, , id]) => id === gid) ? free : Number(gid);
  return {
    passwd: known ? passwd : append(passwd, `${AGENT}:x:${uid}:${gid}::${HOME}:/bin/sh`),
    group: ownGroup ? group : append(group, `${AGENT}:x:${gid}:`),
    ...(shadow === undefined ? {} : { shadow: known ? shadow : append(shadow, `${AGENT}:!:18262:0:99999:7:::`) }),
    ...(gshadow === undefined ? {} : { gshadow: ownGroup ? gshadow : append(gshadow, `${AGENT}:!::`) }),
  };
}

/** Makes a root file system a sandbox's: its default user, and nothing in it that tells of the machine it was made on. */
export function giveIdentity(root: string): void {
  const accounts = withAgent({
    passwd: read(root, "/etc/passwd") ?? "root:x:0:0:root:/root:/bin/sh\n",
    group: read(root, "/etc/group") ?? "root:x:0:\n",
    shadow: read(root, "/etc/shadow"),
    gshadow: read(root, "/etc/gshadow"),
  });
  for (const [name, text] of Object.entries(accounts) as [string, string | undefined][]) {
    if (text !== undefined && text !== read(root, `/etc/${name}`)) replace(root, `/etc/${name}`, text);
  }
  const [, , uid, gid, , home] = rows(accounts.passwd).find(([name]) => name === AGENT) as string[];
  makeDirectoryInside(root, home || HOME, { mode: 0o755, uid: Number(uid), gid: Number(gid) });
  writeInside(root, "/etc/hostname", "sandbox\n");
  writeInside(root, "/etc/resolv.conf", "");
  writeInside(root, "/etc/hosts", "127.0.0.1\tlocalhost sandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n");
  if (read(root, "/etc/machine-id") !== undefined) writeInside(root, "/etc/machine-id", "");
  emptyDev(root);
  // Whoever packed it may have done so in a directory of their own, closed to others.
  settle(root, { mode: 0o755, uid: 0, gid: 0 });
}

/** Every sandbox gets a /dev of its own. */
function emptyDev(root: string): void {
  removeInside(root, "/dev");
  makeDirectoryInside(root, "/dev", { mode: 0o755, uid: 0, gid: 0 });
}

function read(root: string, path: string): string | undefined {
  const view = new InsideView([root]);
  const inside = view.resolve(path, { last: true });
  return view.stat(inside)?.isFile() ? readFileSync(root + inside, "utf8") : undefined;
}

/** With owner and mode of what was there; shadow is nobody's but root's and its group's. */
function replace(root: string, path: string, text: string): void {
  const view = new InsideView([root]);
  const inside = view.resolve(path, { last: true });
  const old = view.stat(inside);
  const ownership: Ownership | undefined = old && { mode: old.mode & 0o7777, uid: old.uid, gid: old.gid };
  writeInside(root, inside, text, ownership);
}

function rows(text: string): string[][] {
  return text.split("\n").map((line) => line.split(":"));
}

function append(text: string, line: string): string {
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`;
}
