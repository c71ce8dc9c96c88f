import type { ServerResponse } from "node:http";

/** Answers of a registry without end: as fast as they are taken, a byte now and then, or nothing at all. */
export const FOR_EVER = {
  endless: (response: ServerResponse): void => {
    const piece = Buffer.alloc(1 << 16, "<a>");
    const more = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on("drain", more).writeHead(200, { "content-type": "text/html" });
    more();
  },
  trickling: (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/html" });
    const timer = setInterval(() => response.write("<"), 100);
    response.on("close", () => clearInterval(timer));
  },
  silent: (): void => {},
};
