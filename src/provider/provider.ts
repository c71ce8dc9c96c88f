import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { SandstackError } from "../model/error";
import { own } from "../sdk/own";
import { Checker } from "./checker";
import type { Context, Difference, Kind, Old } from "./kind";
import { kindOf } from "./kinds";
import { checkResponse, diffResponse } from "./responses";
import { handler } from "./service";
import { typeOf } from "./urn";
import { readProperties, UNKNOWN, writeProperties, type Values } from "./values";

/** What a provider may tell an engine besides answering. */
export interface ProviderHost {
  /** A line for the user, shown at a resource. */
  log(severity: "info", message: string, urn: string): void;
  /** What is going on at a resource; the next one takes its place. */
  progress?(message: string, urn: string): void;
}

export type ResourceProvider = ReturnType<typeof createProvider>;

/**
 * The provider `sandstack`: an implementation of the gRPC service pulumirpc.ResourceProvider. An engine in this process
 * calls its methods as they are; plugin/pulumi-resource-sandstack serves them. One is for one operation of an engine:
 * after `cancel` it makes nothing more.
 */
export function createProvider(host: ProviderHost) {
  const abort = new AbortController();
  const reasons = new Reasons(host);
  const contextOf = (urn: string): Context => ({
    urn,
    signal: abort.signal,
    progress: (message) => host.progress?.(message, urn),
    remark: (message) => host.log("info", message, urn),
  });
  return {
    checkConfig: handler(acceptConfig),
    diffConfig: handler(() => Promise.resolve(diffResponse({ changes: [] }))),
    configure: handler(configure),
    check: handler(async (request: messages.CheckRequest) => {
      reasons.expect(request.getUrn());
      return check(request, (message) => host.log("info", message, request.getUrn()));
    }),
    diff: handler(async (request: messages.DiffRequest) => {
      const difference = await diff(request);
      reasons.tell(request.getUrn(), difference);
      return diffResponse(difference);
    }),
    create: handler((request: messages.CreateRequest) => create(request, contextOf(request.getUrn()))),
    read: handler(read),
    update: handler((request: messages.UpdateRequest) => update(request, contextOf(request.getUrn()))),
    delete: handler(remove),
    cancel: handler(() => {
      abort.abort();
      return Promise.resolve(empty());
    }),
  };
}

/** Tells each reason once, and none of what an engine asks about without a program, as a refresh does. */
class Reasons {
  private readonly expected = new Set<string>();
  private readonly told = new Set<string>();

  constructor(private readonly host: ProviderHost) {}

  expect(urn: string): void {
    this.expected.add(urn);
  }

  tell(urn: string, { reason }: Difference): void {
    if (reason === undefined || !this.expected.has(urn) || this.told.has(urn + reason)) return;
    this.told.add(urn + reason);
    this.host.log("info", reason, urn);
  }
}

async function kindFor(urn: string): Promise<Kind> {
  const kind = await kindOf(typeOf(urn));
  if (kind) return kind;
  throw new SandstackError("UNSUPPORTED", `The provider sandstack has no resource ${JSON.stringify(typeOf(urn))}.`);
}

function acceptConfig(request: messages.CheckRequest): Promise<messages.CheckResponse> {
  return Promise.resolve(checkResponse(request.getNews() ?? writeProperties({}), []));
}

function configure(): Promise<messages.ConfigureResponse> {
  const response = new messages.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  response.setAcceptresources(false);
  response.setAcceptoutputs(false);
  return Promise.resolve(response);
}

async function check(
  request: messages.CheckRequest,
  remark: (message: string) => void,
): Promise<messages.CheckResponse> {
  const kind = await kindFor(request.getUrn());
  const { values, secrets } = readProperties(request.getNews());
  const checker = new Checker(values);
  await kind.check(checker, secrets);
  checker.remarks.forEach(remark);
  const all = new Set([...secrets, ...(kind.secretInputs ?? [])]);
  return checkResponse(writeProperties(checker.inputs, all), checker.failures);
}

type WithOlds = messages.DiffRequest | messages.UpdateRequest;

function oldOf(request: WithOlds): Old {
  const { values: outputs } = readProperties(request.getOlds());
  return { id: request.getId(), inputs: readProperties(request.getOldInputs()).values, outputs };
}

async function diff(request: messages.DiffRequest): Promise<Difference> {
  const kind = await kindFor(request.getUrn());
  return kind.diff(oldOf(request), readProperties(request.getNews()).values, Date.now());
}

async function create(request: messages.CreateRequest, context: Context): Promise<messages.CreateResponse> {
  const kind = await kindFor(request.getUrn());
  const response = new messages.CreateResponse();
  if (request.getPreview()) {
    const unknown: Values = Object.fromEntries(kind.outputs.map((name) => [name, UNKNOWN]));
    response.setProperties(writeProperties(unknown));
    return response;
  }
  const { id, outputs } = await kind.create(context, readProperties(request.getProperties()).values);
  response.setId(id);
  response.setProperties(writeProperties(outputs));
  return response;
}

async function read(request: messages.ReadRequest): Promise<messages.ReadResponse> {
  const kind = await kindFor(request.getUrn());
  const id = request.getId();
  const { values: outputs } = readProperties(request.getProperties());
  const { values: inputs } = readProperties(request.getInputs());
  if (kind.outputs.length > 0 && Object.keys(outputs).length === 0) {
    throw new SandstackError("UNSUPPORTED", `${typeOf(request.getUrn())} ${JSON.stringify(id)} can't be imported.`, {
      hint: "Declare it, and let `up` make it.",
    });
  }
  const response = new messages.ReadResponse();
  response.setId(id);
  response.setInputs(request.getInputs());
  response.setProperties(writeProperties(await kind.read({ id, inputs, outputs })));
  return response;
}

async function update(request: messages.UpdateRequest, context: Context): Promise<messages.UpdateResponse> {
  const kind = await kindFor(request.getUrn());
  const old = oldOf(request);
  const { values: news } = readProperties(request.getNews());
  const response = new messages.UpdateResponse();
  const foreseen = () => kind.foresee?.(old, news) ?? old.outputs;
  const outputs = request.getPreview() ? foreseen() : await kind.update?.(context, old, news);
  response.setProperties(writeProperties(outputs ?? old.outputs));
  return response;
}

async function remove(request: messages.DeleteRequest): Promise<object> {
  const kind = await kindFor(request.getUrn());
  const { values: outputs } = readProperties(request.getProperties());
  const { values: inputs } = readProperties(request.getOldInputs());
  await kind.remove({ id: request.getId(), inputs, outputs });
  return empty();
}

function empty(): object {
  return new (own("empty").Empty)();
}
