import { SandstackError } from "../model/error";
import { visible } from "../model/visible";

/** One call, as servers of @grpc/grpc-js get it. */
export interface Call<Request> {
  request: Request;
}

/** An answer, as they give it. */
export type Callback<Response> = (error: ServiceFailure | null, response?: Response) => void;

/** What gRPC makes a status of: `code` is UNKNOWN for what failed, UNIMPLEMENTED for what is not ours. */
export interface ServiceFailure {
  code: number;
  message: string;
  details: string;
}

export type Handler<Request, Response> = (call: Call<Request>, callback: Callback<Response>) => void;

/** Nobody has answered: what was asked for may have been done. The engine keeps it in mind then. */
export class Unanswered extends SandstackError {}

const UNKNOWN = 2;
const UNAVAILABLE = 14;

/** An asynchronous function as a handler. What it throws is told with its hint. */
export function handler<Request, Response>(
  answer: (request: Request) => Promise<Response>,
): Handler<Request, Response> {
  return ({ request }, callback) => {
    answer(request).then(
      (response) => callback(null, response),
      (thrown: unknown) => callback(failure(thrown)),
    );
  };
}

function failure(thrown: unknown): ServiceFailure {
  const { message, hint } = SandstackError.from(thrown);
  const details = visible(hint === undefined ? message : `${message} ${hint}`);
  return { code: thrown instanceof Unanswered ? UNAVAILABLE : UNKNOWN, message: details, details };
}
