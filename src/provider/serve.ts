import { fstatSync } from "node:fs";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { visible } from "../model/visible";
import { own } from "../sdk/own";
import { connectOnce, ONE_CONNECTION } from "../sdk/own-client";
import { serveOwnUser } from "../sdk/own-server";
import { createProvider, type ProviderHost } from "./provider";

const grpc = own("grpc");

/** As large as the engine's own. */
const MAX_MESSAGE = 400 << 20;

/**
 * Serves the provider on the loopback, as an engine expects of a plugin: the port is the first line on stdout. It ends
 * with its stdin, if that is a pipe: an engine that was killed leaves none behind.
 * @param engine the engine's address
 * @param version of this package
 */
export function serve(engine: string | undefined, version: string): void {
  const limits = { "grpc.max_receive_message_length": MAX_MESSAGE, "grpc.max_send_message_length": MAX_MESSAGE };
  const server = new grpc.Server(limits);
  const host = engine === undefined ? { log: () => {} } : hostAt(engine);
  const getPluginInfo = (_: unknown, callback: (error: null, info: PluginInfo) => void) => {
    const info = new PluginInfo();
    info.setVersion(version);
    callback(null, info);
  };
  const implementation = { ...createProvider(host), getPluginInfo };
  server.addService(ResourceProviderService, implementation);
  void serveOwnUser(server).then(({ port }) => process.stdout.write(`${port}\n`));
  endWithStdin();
  // Ctrl-C reaches the whole terminal; what is to be given up the engine says by Cancel.
  process.on("SIGINT", () => {});
}

function hostAt(address: string): ProviderHost {
  const client = new EngineClient(address, grpc.credentials.createInsecure(), ONE_CONNECTION);
  const connected = connectOnce(client, address);
  // An engine that is gone needs no log, and who has its port gets none.
  connected.catch(() => client.close());
  const tell = (message: string, urn: string, ephemeral: boolean) => {
    const request = new LogRequest();
    request.setUrn(urn);
    request.setMessage(visible(message));
    request.setEphemeral(ephemeral);
    request.setSeverity(LogSeverity.INFO);
    connected.then(
      () => client.log(request, () => {}),
      () => {},
    );
  };
  return {
    log: (_, message, urn) => tell(message, urn, false),
    progress: (message, urn) => tell(message, urn, true),
  };
}

function endWithStdin(): void {
  const stdin = fstatSync(0);
  if (!stdin.isFIFO() && !stdin.isSocket()) return;
  process.stdin.on("end", () => process.exit(0));
  process.stdin.on("error", () => process.exit(0));
  process.stdin.resume();
}
