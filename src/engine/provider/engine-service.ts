import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { own } from "../../sdk/own";
import { serveOwnUser } from "../../sdk/own-server";
import type { ProviderHost } from "./transport";

type Reply = (error: null, response: object) => void;
type Severity = Parameters<ProviderHost["log"]>[0];

const SEVERITIES: Severity[] = ["debug", "info", "warning", "error"];

/** The service `pulumirpc.Engine`: what programs and plugins tell the engine besides resources. */
export function engineService(host: ProviderHost) {
  let root = "";
  const messages = own("engine");
  return {
    log: (request: LogRequest, reply: Reply) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "info";
      const [message, urn] = [request.getMessage(), request.getUrn()];
      // The SDK's own notes quote whole requests, secrets too.
      if (severity !== "debug" && !request.getEphemeral()) host.log(severity, message, urn || undefined);
      else if (severity !== "debug" && urn !== "") host.progress?.(message, urn);
      reply(null, new (own("empty").Empty)());
    },
    getRootResource: (_request: object, reply: Reply) =>
      reply(null, new messages.GetRootResourceResponse().setUrn(root)),
    setRootResource: (request: { getUrn(): string }, reply: Reply) => {
      root = request.getUrn();
      reply(null, new messages.SetRootResourceResponse());
    },
    startDebugging: (_request: object, reply: Reply) => reply(null, new (own("empty").Empty)()),
    requirePulumiVersion: (_request: object, reply: Reply) => reply(null, new messages.RequirePulumiVersionResponse()),
  };
}
export type EngineService = ReturnType<typeof engineService>;

/** Serves it on a port of the loopback, for plugins of the same user. */
export async function serveEngine(service: EngineService): Promise<{ address: string; close(): void }> {
  const { Server } = own("grpc");
  const server = new Server();
  const handlers = Object.fromEntries(
    Object.entries(service).map(([name, handle]) => [
      name,
      (call: { request: never }, reply: Reply) => handle(call.request, reply),
    ]),
  );
  server.addService(own("engineService").EngineService, handlers as unknown as UntypedServiceImplementation);
  const { port, close } = await serveOwnUser(server);
  return { address: `127.0.0.1:${port}`, close };
}
