import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, expect, it } from "vitest";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { readProperties, writeProperties, type Values } from "../../src/provider/values";

// The executable that the Pulumi CLI starts, over real gRPC. Not proven: that the CLI is content with it.

const ended: (() => void)[] = [];
afterEach(() => ended.splice(0).forEach((end) => end()));

/** An engine that hears what is logged, and a plugin that was started for it. */
async function started() {
  const logs: string[] = [];
  const engine = new grpc.Server();
  engine.addService(EngineService, {
    log: ({ request }: { request: LogRequest }, callback: (error: null, answer: unknown) => void) => {
      logs.push(`${request.getUrn()}: ${request.getMessage()}`);
      callback(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve) =>
    engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, port) => resolve(port)),
  );
  ended.push(() => engine.forceShutdown());
  const child = spawn("plugin/pulumi-resource-sandstack", [`127.0.0.1:${port}`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  ended.push(() => child.kill("SIGKILL"));
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const client = new ResourceProviderClient(`127.0.0.1:${line}`, grpc.credentials.createInsecure());
  ended.push(() => client.close());
  return { child, client, logs };
}

/** One call by its name. */
function call<Response>(client: ResourceProviderClient, method: string, request: unknown): Promise<Response> {
  const calls = client as unknown as Record<
    string,
    (request: unknown, callback: (error: Error | null, answer: Response) => void) => void
  >;
  return new Promise((resolve, reject) =>
    calls[method]!(request, (error, answer) => (error ? reject(error) : resolve(answer))),
  );
}

const INSTANCE = "urn:pulumi:local::sandboxes::sandstack:local:Instance::agent";
const LEASE = "urn:pulumi:local::sandboxes::sandstack:index:SandboxInstance$sandstack:index:Lease::agent";

function checkRequest(urn: string, news: Values): messages.CheckRequest {
  const request = new messages.CheckRequest();
  request.setUrn(urn);
  request.setNews(writeProperties(news));
  return request;
}

it("tells its port, says what it is, and answers", async () => {
  const { client } = await started();
  const info = await call<{ getVersion(): string }>(client, "getPluginInfo", new Empty());
  expect(info.getVersion()).toMatch(/^\d+\.\d+\.\d+/);
  const configured = await call<messages.ConfigureResponse>(client, "configure", new messages.ConfigureRequest());
  expect([configured.getAcceptsecrets(), configured.getSupportspreview()]).toEqual([true, true]);
  const checked = await call<messages.CheckResponse>(client, "check", checkRequest(LEASE, { ttl: "90m" }));
  expect(readProperties(checked.getInputs()).values).toEqual({ ttl: "1h30m" });
  await expect(call(client, "invoke", new messages.InvokeRequest())).rejects.toMatchObject({
    code: grpc.status.UNIMPLEMENTED,
  });
  const unknown = checkRequest("urn:pulumi:a::b::sandstack:local:Volume::c", {});
  await expect(call(client, "check", unknown)).rejects.toMatchObject({
    code: grpc.status.UNKNOWN,
    details: 'The provider sandstack has no resource "sandstack:local:Volume".',
  });
});

it("logs to the engine why an instance is replaced", async () => {
  const { client, logs } = await started();
  const inputs = { tier: "nspawn", lease: "sbx-aaaaaaaaaaaa", afterEnd: "recreate" };
  const news = { ...inputs, lease: "sbx-bbbbbbbbbbbb" };
  await call(client, "check", checkRequest(INSTANCE, news));
  const request = new messages.DiffRequest();
  request.setUrn(INSTANCE);
  request.setId("sbx-aaaaaaaaaaaa");
  request.setOldInputs(writeProperties(inputs));
  request.setOlds(writeProperties({ state: "killed 14:05" }));
  request.setNews(writeProperties(news));
  const response = await call<messages.DiffResponse>(client, "diff", request);
  expect(response.getReplacesList()).toEqual(["lease", "state"]);
  await expect.poll(() => logs).toEqual([`${INSTANCE}: killed 14:05; made anew (afterEnd: "recreate")`]);
});

it("ends with its stdin, and not by a Ctrl-C of the terminal", async () => {
  const { child, client } = await started();
  child.kill("SIGINT");
  await call(client, "getPluginInfo", new Empty());
  child.stdin.end();
  expect(await once(child, "close")).toEqual([0, null]);
});
