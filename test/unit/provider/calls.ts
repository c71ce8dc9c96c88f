import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { createProvider } from "../../../src/provider";
import type { Call, Callback } from "../../../src/provider/service";
import { readProperties, writeProperties, type Values } from "../../../src/provider/values";

export interface Diffed {
  changes: "none" | "some";
  replaces: string[];
  /** Path → `update`, `add-replace`, …; with `!` where it is not of the inputs. */
  detail: Record<string, string>;
}

export interface State {
  id: string;
  inputs: Values;
  outputs: Values;
}

const KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** The provider, called as an engine in the same process would, in words of a test. */
export class Calls {
  /** `severity URN: message` */
  readonly logs: string[] = [];
  readonly progress: string[] = [];
  readonly provider = createProvider({
    log: (severity, message, urn) => void this.logs.push(`${severity} ${urn}: ${message}`),
    progress: (message, urn) => void this.progress.push(`${urn}: ${message}`),
  });

  constructor(
    readonly type: string,
    readonly urn = `urn:pulumi:local::sandboxes::${type}::agent`,
  ) {}

  async check(
    news: Values,
    olds?: Values,
  ): Promise<{ inputs: Values; secrets: string[]; failures: Record<string, string> }> {
    const request = new messages.CheckRequest();
    request.setUrn(this.urn);
    request.setNews(writeProperties(news));
    if (olds) request.setOlds(writeProperties(olds));
    const response = await answer(this.provider.check, request);
    const { values: inputs, secrets } = readProperties(response.getInputs());
    const failures = response.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()]);
    return { inputs, secrets: [...secrets], failures: Object.fromEntries(failures) as Record<string, string> };
  }

  async diff({ id, inputs, outputs }: State, news: Values): Promise<Diffed> {
    const request = new messages.DiffRequest();
    request.setUrn(this.urn);
    request.setId(id);
    request.setOldInputs(writeProperties(inputs));
    request.setOlds(writeProperties(outputs));
    request.setNews(writeProperties(news));
    const response = await answer(this.provider.diff, request);
    const detail: Record<string, string> = {};
    response.getDetaileddiffMap().forEach((change, path) => {
      detail[path] = `${KINDS[change.getKind()]}${change.getInputdiff() ? "" : "!"}`;
    });
    const none = response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_NONE;
    return { changes: none ? "none" : "some", replaces: response.getReplacesList(), detail };
  }

  async create(inputs: Values, { preview = false } = {}): Promise<State> {
    const request = new messages.CreateRequest();
    request.setUrn(this.urn);
    request.setPreview(preview);
    request.setProperties(writeProperties(inputs));
    const response = await answer(this.provider.create, request);
    return { id: response.getId(), inputs, outputs: readProperties(response.getProperties()).values };
  }

  async read({ id, inputs, outputs }: State): Promise<State> {
    const request = new messages.ReadRequest();
    request.setUrn(this.urn);
    request.setId(id);
    request.setInputs(writeProperties(inputs));
    request.setProperties(writeProperties(outputs));
    const response = await answer(this.provider.read, request);
    const [read, found] = [readProperties(response.getInputs()), readProperties(response.getProperties())];
    return { id: response.getId(), inputs: read.values, outputs: found.values };
  }

  async update({ id, inputs, outputs }: State, news: Values, { preview = false } = {}): Promise<State> {
    const request = new messages.UpdateRequest();
    request.setUrn(this.urn);
    request.setId(id);
    request.setPreview(preview);
    request.setOldInputs(writeProperties(inputs));
    request.setOlds(writeProperties(outputs));
    request.setNews(writeProperties(news));
    const response = await answer(this.provider.update, request);
    return { id, inputs: news, outputs: readProperties(response.getProperties()).values };
  }

  async delete({ id, inputs, outputs }: State): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setUrn(this.urn);
    request.setId(id);
    request.setOldInputs(writeProperties(inputs));
    request.setProperties(writeProperties(outputs));
    await answer(this.provider.delete, request);
  }
}

/** The answer to one call; rejects with the status of one that failed. */
export function answer<Request, Response>(
  method: (call: Call<Request>, callback: Callback<Response>) => void,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method({ request }, (error, response) => {
      if (error) reject(Object.assign(new Error(error.details), { code: error.code }));
      else resolve(response as Response);
    });
  });
}
