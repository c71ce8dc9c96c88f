/**
 * While a program runs in this process, what it prints comes here line by line: it would break a screen, and JSON.
 * @returns lets it through again
 */
export function captureOutput(say: (line: string) => void): () => void {
  const releases = [process.stdout, process.stderr].map((stream) => capture(stream, say));
  return () => releases.forEach((release) => release());
}

function capture(stream: NodeJS.WriteStream, say: (line: string) => void): () => void {
  let pending = "";
  stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
    const lines = (pending + Buffer.from(chunk).toString("utf8")).split("\n");
    pending = lines.pop() ?? "";
    lines.forEach(say);
    const callback = typeof encoding === "function" ? encoding : done;
    if (typeof callback === "function") process.nextTick(callback);
    return true;
  };
  return () => {
    // The class's own is below it.
    Reflect.deleteProperty(stream, "write");
    if (pending !== "") say(pending);
  };
}
