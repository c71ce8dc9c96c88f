import { Sandbox, type CommandHandle, type WatchHandle } from "../../runtime";

/** Not public: what TypeScript calls private, and `startTask`, which only Sandbox.create calls. */
const PRIVATE = [
  ...["Sandbox (static).attach", "Commands.handleOf", "Commands.startTask", "Pty.open"],
  ...["Files.writeOne", "Files.readAll", "Files.readStream", "Files.call", "Files.open"],
];

/** The names of all public methods of the runtime: what a table over all of them has to have. */
export function publicMethods(sandbox: Sandbox, handle: CommandHandle, watch: WatchHandle): string[] {
  const methodsOf = (name: string, of: object) =>
    Object.getOwnPropertyNames(of)
      .filter((key) => key !== "constructor")
      .filter((key) => typeof Object.getOwnPropertyDescriptor(of, key)?.value === "function")
      .map((key) => `${name}.${key}`);
  const prototypeOf = (one: object) => Object.getPrototypeOf(one) as object;
  return [
    ...methodsOf("Sandbox (static)", Sandbox),
    ...methodsOf("Sandbox", Sandbox.prototype),
    ...methodsOf("Commands", prototypeOf(sandbox.commands)),
    ...methodsOf("CommandHandle", prototypeOf(handle)),
    ...methodsOf("Files", prototypeOf(sandbox.files)),
    ...methodsOf("WatchHandle", prototypeOf(watch)),
    ...methodsOf("Pty", prototypeOf(sandbox.pty)),
  ]
    .filter((name) => !PRIVATE.includes(name))
    .sort();
}
