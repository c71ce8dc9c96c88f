import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { SandstackError } from "../../model/error";
import { own } from "../../sdk/own";
import type { Engine } from "../../tiers/docker/engine";
import type { Change } from "../changes";
import type { Made, Old } from "../kind";
import { checkResponse, diffResponse } from "../responses";
import { Unanswered } from "../service";
import { nameOf, typeOf } from "../urn";
import { readProperties, UNKNOWN, writeProperties, type Values } from "../values";
import { checkInputs } from "./check-inputs";
import { checkConfig, connect, sameEngine, type Config } from "./connect";
import { differenceOf } from "./differences";
import { explain } from "./failure";
import type { DockerHost } from "./index";
import type { DockerKind, Order } from "./kind";
import { dockerKindOf } from "./kinds";
import { withMarks, withoutMarks } from "./marks";

function notCovered(what: string): SandstackError {
  return new SandstackError("UNSUPPORTED", `${what} is not covered where the docker plugin is not installed.`, {
    hint: "`pulumi plugin install resource docker`, and it is used.",
  });
}

/** The calls of an engine, each answered or rejected. */
export class DockerProvider {
  private readonly abort = new AbortController();
  private config: Config = {};
  private connected: Promise<Engine> | undefined;

  constructor(private readonly host: DockerHost) {}

  checkConfig(request: messages.CheckRequest): Promise<messages.CheckResponse> {
    const { values, secrets } = readProperties(request.getNews());
    const { inputs, failures } = checkConfig(values);
    const all = new Set([...secrets, "keyMaterial"]);
    return Promise.resolve(checkResponse(writeProperties(inputs, all), failures));
  }

  /** Another host is another engine: what is on the one is not on the other. */
  diffConfig(request: messages.DiffRequest): Promise<messages.DiffResponse> {
    const [olds, news] = [readProperties(request.getOldInputs()).values, readProperties(request.getNews()).values];
    const change: Change = { path: "host", kind: "update", effect: "replace", input: true };
    return Promise.resolve(diffResponse({ changes: sameEngine(olds, news) ? [] : [change] }));
  }

  configure(request: messages.ConfigureRequest): Promise<messages.ConfigureResponse> {
    this.config = readProperties(request.getArgs()).values;
    return Promise.resolve(new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true));
  }

  async check(request: messages.CheckRequest): Promise<messages.CheckResponse> {
    const kind = await this.kind(request.getUrn());
    const { values, secrets } = readProperties(request.getNews());
    const before = {
      olds: request.hasOlds() ? readProperties(request.getOlds()).values : undefined,
      interrupted: this.host.interrupted?.(request.getUrn()),
    };
    const { inputs, failures } = checkInputs(kind, nameOf(request.getUrn()), values, before);
    return checkResponse(writeProperties(inputs, secrets), failures);
  }

  async diff(request: messages.DiffRequest): Promise<messages.DiffResponse> {
    const kind = await this.kind(request.getUrn());
    const { values: news } = readProperties(request.getNews());
    return diffResponse(differenceOf(kind, oldOf(request), news, request.getIgnorechangesList()));
  }

  async create(request: messages.CreateRequest): Promise<messages.CreateResponse> {
    const kind = await this.kind(request.getUrn());
    const { values: inputs } = readProperties(request.getProperties());
    const response = new messages.CreateResponse();
    if (request.getPreview()) return response.setProperties(writeProperties(foreseen(kind, inputs)));
    const order = this.order(request.getUrn());
    const { id, outputs } = await this.ask(kind, "making", inputs, (engine) => kind.create(engine, inputs, order));
    return response.setId(id).setProperties(writeProperties(withMarks(kind.token, id, outputs)));
  }

  async read(request: messages.ReadRequest): Promise<messages.ReadResponse> {
    const kind = await this.kind(request.getUrn());
    const { values: outputs } = readProperties(request.getProperties());
    const { values: inputs } = readProperties(request.getInputs());
    if (Object.keys(outputs).length === 0) {
      throw new SandstackError("UNSUPPORTED", `${kind.token} ${request.getId()} can't be imported.`, {
        hint: "`pulumi plugin install resource docker`: the plugin imports.",
      });
    }
    const old = { id: request.getId(), inputs, outputs };
    const found = await this.ask<Made | undefined>(kind, "looking at", inputs, (engine) => kind.read(engine, old));
    // No id says that it is gone.
    if (found === undefined) return new messages.ReadResponse();
    const response = new messages.ReadResponse().setId(found.id).setInputs(request.getInputs());
    return response.setProperties(writeProperties(withMarks(kind.token, found.id, found.outputs)));
  }

  async update(request: messages.UpdateRequest): Promise<messages.UpdateResponse> {
    const kind = await this.kind(request.getUrn());
    const old = oldOf(request);
    const news = withIgnored(readProperties(request.getNews()).values, old.outputs, request.getIgnorechangesList());
    const response = new messages.UpdateResponse();
    if (request.getPreview()) {
      return response.setProperties(writeProperties({ ...old.outputs, ...withoutMarks(news) }));
    }
    const outputs = await this.ask(kind, "changing", news, (engine) => kind.update(engine, old, news));
    return response.setProperties(writeProperties(withMarks(kind.token, old.id, outputs)));
  }

  async delete(request: messages.DeleteRequest): Promise<object> {
    const kind = await this.kind(request.getUrn());
    const { values: outputs } = readProperties(request.getProperties());
    const { values: inputs } = readProperties(request.getOldInputs());
    const old = { id: request.getId(), inputs, outputs };
    await this.ask(kind, "removing", inputs, (engine) => kind.remove(engine, old, this.abort.signal));
    return new (own("empty").Empty)();
  }

  invoke(request: messages.InvokeRequest): Promise<never> {
    return Promise.reject(notCovered(request.getTok()));
  }

  cancel(): Promise<object> {
    this.abort.abort(new SandstackError("ABORTED", "It was cancelled."));
    return Promise.resolve(new (own("empty").Empty)());
  }

  private async kind(urn: string): Promise<DockerKind> {
    const kind = await dockerKindOf(typeOf(urn));
    if (kind) return kind;
    throw notCovered(typeOf(urn));
  }

  private order(urn: string): Order {
    return {
      urn,
      interrupted: this.host.interrupted?.(urn),
      progress: (message) => this.host.progress?.(message, urn),
      remark: (message) => this.host.log("info", message, urn),
      signal: this.abort.signal,
    };
  }

  /** Nothing begins after a cancel. What an engine leaves open, because it does not answer, stays open in the state. */
  private async ask<T>(
    kind: DockerKind,
    doing: string,
    inputs: Values,
    call: (engine: Engine) => Promise<T>,
  ): Promise<T> {
    const engine = await this.engine();
    this.abort.signal.throwIfAborted();
    try {
      return await call(engine);
    } catch (error) {
      this.requireGoingOn(error);
      const failure = explain(error, engine.host, `${doing} ${nounOf(kind)}`, inputs);
      if (failure.code !== "NO_ENGINE" || failure instanceof Unanswered) throw failure;
      throw new Unanswered(failure.code, failure.message, { cause: failure.cause, hint: failure.hint });
    }
  }

  /** What was under way when it was cancelled says so, and not that some wait was cut short. */
  private requireGoingOn(error: unknown): void {
    const isCut = error instanceof Error && (error.name === "AbortError" || error === this.abort.signal.reason);
    if (isCut) throw this.abort.signal.reason;
  }

  private engine(): Promise<Engine> {
    if (this.connected === undefined) {
      this.connected = connect(this.config);
      this.connected.catch(() => (this.connected = undefined));
    }
    return this.connected;
  }
}

/** `a container`, `an image`. */
function nounOf({ token }: DockerKind): string {
  const noun = /:(?:Remote)?(\w+)$/.exec(token)?.[1]?.toLowerCase() ?? "";
  return `${noun === "image" ? "an" : "a"} ${noun}`;
}

function oldOf(request: messages.DiffRequest | messages.UpdateRequest): Old {
  const { values: outputs } = readProperties(request.getOlds());
  return { id: request.getId(), inputs: readProperties(request.getOldInputs()).values, outputs };
}

/** What a program wants to know no changes of stays what it was found to be. */
function withIgnored(news: Values, found: Values, ignored: readonly string[]): Values {
  const kept = ignored.filter((name) => found[name] !== undefined);
  return { ...news, ...Object.fromEntries(kept.map((name) => [name, found[name]])) };
}

/** At a preview: what was given, and of the rest that it is not known yet. */
function foreseen({ shape }: DockerKind, inputs: Values): Values {
  const later = [...Object.keys(shape.computed), ...shape.found, "id"];
  return { ...Object.fromEntries(later.map((name) => [name, UNKNOWN])), ...withoutMarks(inputs) };
}
