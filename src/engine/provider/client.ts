import type {
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  InvokeResponse,
  ReadResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { hasUnknowns, keepSecret, reveal, withoutReferences, type PropertyMap } from "../property/value";
import { own } from "../../sdk/own";
import { parseUrn } from "../urn";
import { ownDiff, readDiff, type Diff } from "./diff-answer";
import { ProviderFailure } from "./failure";
import { initFailure } from "./init-failure";
import { fromStruct, RpcFailure, toStruct, type Transport } from "./transport";

export interface CheckResult {
  inputs: PropertyMap;
  failures: { property: string; reason: string }[];
}

/** A resource as a provider has made, updated or read it. */
export interface Outcome {
  id: string;
  outputs: PropertyMap;
  /** Where the provider says how it would be declared. */
  inputs?: PropertyMap;
  /** It is there, and not as it should be. */
  initErrors?: string[];
}

export interface DiffQuestion {
  urn: string;
  id: string;
  olds: PropertyMap;
  oldInputs: PropertyMap;
  news: PropertyMap;
  ignoreChanges: string[];
}

interface Named<R> {
  setUrn(urn: string): R;
  setType(type: string): R;
  setName(name: string): R;
}

/** Speaks with one provider in plain values. Whatever goes wrong is a ProviderFailure. */
export class ProviderClient {
  private acceptSecrets = true;
  private acceptResources = true;
  private supportsPreview = false;
  /** All of its configuration is known; while it is not, a preview does not ask it. */
  private known = true;

  constructor(
    readonly pkg: string,
    private readonly transport: Transport,
  ) {}

  checkConfig(urn: string, olds: PropertyMap | undefined, news: PropertyMap): Promise<CheckResult> {
    return this.askCheck("checkConfig", urn, olds, news);
  }

  diffConfig(question: DiffQuestion): Promise<Diff> {
    return this.askDiff("diffConfig", question);
  }

  async configure(inputs: PropertyMap, urn: string, id: string): Promise<void> {
    this.known = !hasUnknowns(inputs);
    if (!this.known) return;
    const open = reveal(inputs);
    const request = new (own("provider").ConfigureRequest)().setArgs(toStruct(open));
    // Older SDKs do not have these.
    if ("setUrn" in request) named(request, urn).setId(id);
    request.setAcceptsecrets(true).setAcceptresources(true).setSendsOldInputs(true).setSendsOldInputsToDelete(true);
    for (const [key, value] of Object.entries(open)) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      request.getVariablesMap().set(`${this.pkg}:config:${key}`, text);
    }
    await this.ask("configure", request, (response: ConfigureResponse) => {
      this.acceptSecrets = response.getAcceptsecrets();
      this.acceptResources = response.getAcceptresources();
      this.supportsPreview = response.getSupportspreview();
    });
  }

  async check(urn: string, olds: PropertyMap | undefined, news: PropertyMap, seed: Uint8Array): Promise<CheckResult> {
    return this.known ? this.askCheck("check", urn, olds, news, seed) : { inputs: news, failures: [] };
  }

  async diff(question: DiffQuestion): Promise<Diff> {
    return this.known ? this.askDiff("diff", question) : { ...ownDiff({}, {}), changed: true };
  }

  async create(urn: string, inputs: PropertyMap, timeout: number, preview: boolean): Promise<Outcome> {
    if (preview && !(this.supportsPreview && this.known)) return { id: "", outputs: inputs };
    const request = named(new (own("provider").CreateRequest)(), urn).setProperties(this.send(inputs));
    request.setTimeout(timeout).setPreview(preview);
    return this.orHalf("", inputs, () =>
      this.ask("create", request, (response: CreateResponse) => {
        if (response.getId() === "" && !preview) throw new Error("no id");
        return { id: response.getId(), outputs: this.receive(response.getProperties(), inputs) };
      }),
    );
  }

  async update(question: DiffQuestion, timeout: number, preview: boolean): Promise<Outcome> {
    const { urn, id, olds, oldInputs, news, ignoreChanges } = question;
    if (preview && !(this.supportsPreview && this.known)) return { id, outputs: news };
    const request = named(new (own("provider").UpdateRequest)(), urn).setId(id).setOlds(this.send(olds));
    request.setOldInputs(this.send(oldInputs)).setNews(this.send(news)).setIgnorechangesList(ignoreChanges);
    request.setTimeout(timeout).setPreview(preview);
    return this.orHalf(id, news, () =>
      this.ask("update", request, (response: UpdateResponse) => ({
        id,
        outputs: this.receive(response.getProperties(), news),
      })),
    );
  }

  /** @returns `undefined` where the resource is gone */
  async read(urn: string, id: string, inputs: PropertyMap, outputs: PropertyMap): Promise<Outcome | undefined> {
    const request = named(new (own("provider").ReadRequest)(), urn).setId(id);
    request.setInputs(this.send(inputs)).setProperties(this.send(outputs));
    const outcome = await this.orHalf(id, outputs, () =>
      this.ask("read", request, (response: ReadResponse) => ({
        id: response.getId(),
        outputs: this.receive(response.getProperties(), outputs),
        ...(response.hasInputs() ? { inputs: this.receive(response.getInputs(), inputs) } : {}),
      })),
    );
    return outcome.id === "" ? undefined : outcome;
  }

  async delete(urn: string, id: string, inputs: PropertyMap, outputs: PropertyMap, timeout: number): Promise<void> {
    const request = named(new (own("provider").DeleteRequest)(), urn).setId(id).setProperties(this.send(outputs));
    request.setOldInputs(this.send(inputs)).setTimeout(timeout);
    await this.ask("delete", request, () => undefined);
  }

  invoke(token: string, args: PropertyMap): Promise<{ result: PropertyMap; failures: CheckResult["failures"] }> {
    const request = new (own("provider").InvokeRequest)().setTok(token).setArgs(this.send(args));
    return this.ask("invoke", request, (response: InvokeResponse) => ({
      result: fromStruct(response.getReturn()),
      failures: failuresOf(response),
    }));
  }

  /** Asks it to let go of what is under way. Whether it can is its own affair. */
  async cancel(): Promise<void> {
    await this.transport.call("cancel", new (own("empty").Empty)()).catch(() => undefined);
  }

  close(): void {
    this.transport.close();
  }

  private send(properties: PropertyMap) {
    const open = this.acceptSecrets ? properties : reveal(properties);
    return toStruct(this.acceptResources ? open : withoutReferences(open));
  }

  /** What was secret in the question is secret in the answer, whatever the provider makes of it. */
  private receive(struct: { toJavaScript(): unknown } | undefined, asked: PropertyMap): PropertyMap {
    return keepSecret(fromStruct(struct), asked) as PropertyMap;
  }

  private async askCheck(
    method: string,
    urn: string,
    olds: PropertyMap | undefined,
    news: PropertyMap,
    seed?: Uint8Array,
  ): Promise<CheckResult> {
    const request = named(new (own("provider").CheckRequest)(), urn).setNews(this.send(news));
    if (olds !== undefined) request.setOlds(this.send(olds));
    if (seed !== undefined) request.setRandomseed(seed);
    const use = (response: CheckResponse) => ({
      inputs: this.receive(response.getInputs(), news),
      failures: failuresOf(response),
    });
    return this.orElse(this.ask(method, request, use), { inputs: news, failures: [] });
  }

  private async askDiff(method: string, question: DiffQuestion): Promise<Diff> {
    const { urn, id, olds, oldInputs, news, ignoreChanges } = question;
    const request = named(new (own("provider").DiffRequest)(), urn).setId(id).setOlds(this.send(olds));
    request.setOldInputs(this.send(oldInputs)).setNews(this.send(news)).setIgnorechangesList(ignoreChanges);
    const use = (response: DiffResponse) => readDiff(response, oldInputs, news);
    return this.orElse(this.ask(method, request, use), ownDiff(oldInputs, news));
  }

  private async ask<Response, T>(method: string, request: object, use: (response: Response) => T): Promise<T> {
    let response: Response;
    try {
      response = await this.transport.call<Response>(method, request);
    } catch (failure) {
      throw new ProviderFailure(this.pkg, method, RpcFailure.from(failure));
    }
    try {
      return use(response);
    } catch (error) {
      const message = `it answered with nonsense: ${(error as Error).message}`;
      throw new ProviderFailure(this.pkg, method, new RpcFailure(own("grpc").status.INTERNAL, message));
    }
  }

  /** What it does not implement the engine answers itself. */
  private async orElse<T>(answer: Promise<T>, otherwise: T): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      const unimplemented: number = own("grpc").status.UNIMPLEMENTED;
      if (error instanceof ProviderFailure && error.failure.code === unimplemented) return otherwise;
      throw error;
    }
  }

  /** A resource that came up half counts as made: it has to be in the state. */
  private async orHalf(id: string, asked: PropertyMap, ask: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await ask();
    } catch (error) {
      const half = error instanceof ProviderFailure ? initFailure(error.failure) : undefined;
      if (half === undefined) throw error;
      const outputs = keepSecret(half.properties, asked) as PropertyMap;
      return { id: half.id || id, outputs, initErrors: half.reasons, ...(half.inputs && { inputs: half.inputs }) };
    }
  }
}

function named<R extends Named<R>>(request: R, urn: string): R {
  const { type, name } = parseUrn(urn);
  return request.setUrn(urn).setType(type).setName(name);
}

function failuresOf(response: CheckResponse | InvokeResponse): CheckResult["failures"] {
  return response
    .getFailuresList()
    .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}
