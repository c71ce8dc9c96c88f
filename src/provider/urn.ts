/** The type of the resource of a URN: `urn:pulumi:<stack>::<project>::[<parent>$]<type>::<name>`. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** `<project>/<stack>`, for people. */
export function stackOf(urn: string): string {
  const [stack, project] = urn.split("::");
  return `${project}/${stack?.slice("urn:pulumi:".length)}`;
}

/** The name that a program gives a resource. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
