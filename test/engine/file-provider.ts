import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";

// A provider of real files, as the engine calls it: in this process, or over gRPC. It keeps a journal of what it does.

export interface FileInputs {
  path: string;
  content: string;
  /** How long each of its operations takes. */
  ms?: number;
  /** An operation that fails, or "init": it is made and does not come up. */
  fail?: string;
  deleteFirst?: boolean;
}

type Call<Request> = { request: Request };
type Reply<Response> = (error: unknown, response?: Response) => void;

export const UNIMPLEMENTED = { code: 12, message: "not implemented" };

/** @param journal a file that gets a line at the beginning and the end of each operation */
export function fileProvider(journal: string) {
  const note = (line: string) => appendFileSync(journal, `${line}\n`);
  const inputsOf = (struct: Struct | undefined) => (struct?.toJavaScript() ?? {}) as unknown as FileInputs;

  async function operate(what: string, inputs: FileInputs, work: () => void): Promise<void> {
    note(`${what} ${inputs.path}`);
    if (inputs.ms !== undefined) await sleep(inputs.ms);
    if (inputs.fail === what) throw new Error(`${what} of ${inputs.path} with "${inputs.content}" fails as asked`);
    work();
    note(`${what} ${inputs.path} done`);
  }

  return {
    checkConfig: ({ request }: Call<messages.CheckRequest>, reply: Reply<messages.CheckResponse>) =>
      reply(null, new messages.CheckResponse().setInputs(request.getNews())),
    diffConfig: (_call: unknown, reply: Reply<never>) => reply(UNIMPLEMENTED),
    configure: ({ request }: Call<messages.ConfigureRequest>, reply: Reply<messages.ConfigureResponse>) => {
      note(`configure ${JSON.stringify(request.getArgs()?.toJavaScript())}`);
      reply(null, new messages.ConfigureResponse().setAcceptsecrets(true));
    },
    check: ({ request }: Call<messages.CheckRequest>, reply: Reply<messages.CheckResponse>) => {
      const response = new messages.CheckResponse().setInputs(request.getNews());
      if (inputsOf(request.getNews()).path === undefined) {
        response.addFailures(new messages.CheckFailure().setProperty("path").setReason("is missing"));
      }
      reply(null, response);
    },
    diff: ({ request }: Call<messages.DiffRequest>, reply: Reply<messages.DiffResponse>) => {
      const [old, now] = [request.getOldInputs(), request.getNews()].map(
        (struct) => (struct?.toJavaScript() ?? {}) as Record<string, unknown>,
      );
      const changed = ["path", "content", "fail"].filter(
        (key) => JSON.stringify(old?.[key]) !== JSON.stringify(now?.[key]),
      );
      const response = new messages.DiffResponse().setChanges(changed.length > 0 ? 2 : 1).setDiffsList(changed);
      if (changed.includes("path")) response.setReplacesList(["path"]);
      reply(null, response.setDeletebeforereplace(now?.["deleteFirst"] === true));
    },
    create: async ({ request }: Call<messages.CreateRequest>, reply: Reply<messages.CreateResponse>) => {
      const inputs = open(inputsOf(request.getProperties()));
      await operate("create", inputs, () => writeFileSync(inputs.path, inputs.content));
      const properties = Struct.fromJavaScript({
        ...(request.getProperties()?.toJavaScript() ?? {}),
        size: inputs.content.length,
      });
      reply(null, new messages.CreateResponse().setId(inputs.path).setProperties(properties));
    },
    update: async ({ request }: Call<messages.UpdateRequest>, reply: Reply<messages.UpdateResponse>) => {
      const inputs = open(inputsOf(request.getNews()));
      await operate("update", inputs, () => writeFileSync(inputs.path, inputs.content));
      const properties = Struct.fromJavaScript({
        ...(request.getNews()?.toJavaScript() ?? {}),
        size: inputs.content.length,
      });
      reply(null, new messages.UpdateResponse().setProperties(properties));
    },
    read: ({ request }: Call<messages.ReadRequest>, reply: Reply<messages.ReadResponse>) => {
      const id = request.getId();
      note(`read ${id}`);
      if (!existsSync(id)) return reply(null, new messages.ReadResponse());
      const known = (request.getProperties()?.toJavaScript() ?? {}) as Record<string, unknown>;
      const content = readFileSync(id, "utf8");
      const isSecret = typeof known["content"] === "object";
      const properties = { ...known, path: id, size: content.length, ...(isSecret ? {} : { content }) };
      reply(null, new messages.ReadResponse().setId(id).setProperties(Struct.fromJavaScript(properties)));
    },
    delete: async ({ request }: Call<messages.DeleteRequest>, reply: Reply<Empty>) => {
      const inputs = open(inputsOf(request.getProperties()));
      await operate("delete", { ...inputs, path: request.getId() }, () => rmSync(request.getId(), { force: true }));
      reply(null, new Empty());
    },
    invoke: ({ request }: Call<messages.InvokeRequest>, reply: Reply<messages.InvokeResponse>) => {
      const { path } = inputsOf(request.getArgs());
      if (!existsSync(path)) return reply(new Error(`${path} is not there`));
      const result = Struct.fromJavaScript({ content: readFileSync(path, "utf8") });
      reply(null, new messages.InvokeResponse().setReturn(result));
    },
    cancel: (_call: unknown, reply: Reply<Empty>) => {
      note("cancel");
      reply(null, new Empty());
    },
  };
}

/** Inputs with a secret content in clear. */
function open(inputs: FileInputs): FileInputs {
  const { content } = inputs as unknown as { content: string | { value: string } };
  return { ...inputs, content: typeof content === "string" ? content : content.value };
}
