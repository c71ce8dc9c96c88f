import type { PtySize, Sandbox } from "../../runtime";
import type { PtyOptions } from "../../runtime";

/** This process's terminal, as far as a pty inside needs it. */
export interface Terminal {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
}

/**
 * Shows a program with a terminal of its own in ours: every key goes in, Ctrl-C too, and it follows our size. Ours is
 * as it was before in every case but kill -9.
 * @returns how the program ended
 */
export async function showTerminal(
  sandbox: Sandbox,
  { stdin, stdout }: Terminal,
  options: Omit<PtyOptions, "background" | "onData" | keyof PtySize>,
) {
  const handle = await sandbox.pty.create({
    ...options,
    ...sizeOf(stdout),
    background: false,
    onData: (bytes) => written(stdout, bytes),
  });
  const resize = () => void sandbox.pty.resize(handle.pid, sizeOf(stdout)).catch(ignore);
  const type = (bytes: Buffer) => {
    stdin.pause();
    void sandbox.pty.sendInput(handle.pid, bytes).then(() => stdin.resume(), ignore);
  };
  // A terminal that has gone away can't be set back; SIGHUP tells of it.
  stdin.on("error", ignore);
  stdin.setRawMode(true);
  stdin.on("data", type);
  stdout.on("resize", resize);
  try {
    return await handle.wait();
  } finally {
    stdout.off("resize", resize);
    stdin.off("data", type).pause();
    stdin.setRawMode(false);
  }
}

function sizeOf({ columns, rows }: NodeJS.WriteStream): PtySize {
  // A terminal that nobody has given a size says 0.
  return { cols: columns || 80, rows: rows || 24 };
}

function written(stdout: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => stdout.write(bytes, (error) => (error ? reject(error) : resolve())));
}

/** It fails where the program has just ended, which its result tells. */
function ignore(): void {}
