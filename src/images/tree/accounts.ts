import { readFileSync } from "node:fs";
import type { Owner } from "../../model/file-source";
import type { InsideView } from "./inside";

/** What a row of `/etc/passwd` or `/etc/group` says after the name and the password. */
type Row = readonly string[];

/** The rows of an account file of an image, by name. */
export function readAccounts(view: InsideView, file: "/etc/passwd" | "/etc/group"): Map<string, Row> {
  const path = view.find(view.resolve(file, { last: true }));
  const lines = path === undefined ? [] : readFileSync(path, "utf8").split("\n");
  const rows = lines.map((line) => line.split(":")).filter(([name]) => name);
  // Of two rows with a name the first counts, as for the C library.
  return new Map(rows.reverse().map(([name, , ...rest]) => [name as string, rest]));
}

/** The numbers of an owner; `undefined` where the image has no such user or group. */
export function findIds({ user, group }: Owner, view: InsideView): { uid: number; gid: number } | undefined {
  const row = typeof user === "string" ? readAccounts(view, "/etc/passwd").get(user) : undefined;
  const uid = typeof user === "number" ? user : Number(row?.[0] ?? Number.NaN);
  const named = typeof group === "string" ? readAccounts(view, "/etc/group").get(group)?.[0] : undefined;
  const gid =
    group === undefined ? Number(row?.[1] ?? uid) : typeof group === "number" ? group : Number(named ?? Number.NaN);
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : undefined;
}
