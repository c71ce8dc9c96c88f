import type Docker from "dockerode";

/** How long an engine may take to say what it is, in ms: the slowest that is well answers within one second. */
export const FIRST_ANSWER_MS = 10_000;
/** How long it may take over any other question, in ms: a container that is being made or removed is locked for a while. */
const ANSWER_MS = 60_000;
/** The two questions that an engine is asked first. */
const FIRST = /^\/(version|info)$/;

/** One request of docker-modem, as far as it counts here. */
interface Request {
  method: string;
  path: string;
  isStream?: boolean;
  abortSignal?: AbortSignal;
}

/**
 * Bounds how long an engine may take to answer a question, also to the end of its answer. Work that it does may take as long
 * as it likes, and so may a stream.
 */
export function bounded(api: Docker): Docker {
  const modem = api.modem as { dial(request: Request, done: unknown): void };
  const dial = modem.dial.bind(modem);
  modem.dial = (request, done) =>
    dial(isQuestion(request) ? { ...request, abortSignal: limitOf(request) } : request, done);
  return api;
}

function isQuestion({ method, isStream, abortSignal }: Request): boolean {
  return method === "GET" && isStream !== true && abortSignal === undefined;
}

function limitOf({ path }: Request): AbortSignal {
  return AbortSignal.timeout(FIRST.test(path) ? FIRST_ANSWER_MS : ANSWER_MS);
}
