import { credentials, Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { fileProvider } from "./file-provider";

// The provider of files as an executable: serves it on a port, which it prints.
// Arguments: the journal, the engine's address.

const [journal = "", engineAddress = ""] = process.argv.slice(2);
const provider = fileProvider(journal);
const engine = new EngineClient(engineAddress, credentials.createInsecure());

const server = new Server();
server.addService(ResourceProviderService, {
  ...provider,
  configure: (call: never, reply: never) => {
    console.error(`pid ${process.pid}`);
    engine.log(new LogRequest().setSeverity(1).setMessage("the plugin was configured"), () =>
      provider.configure(call, reply),
    );
  },
  create: (call: Parameters<typeof provider.create>[0], reply: Parameters<typeof provider.create>[1]) => {
    if (call.request.getProperties()?.toJavaScript()["content"] === "die") {
      console.error("last words");
      process.exit(7);
    }
    const said = new LogRequest()
      .setSeverity(1)
      .setEphemeral(true)
      .setUrn(call.request.getUrn())
      .setMessage("half way");
    engine.log(said, () => {
      provider.create(call, reply).catch((error: Error) => reply({ code: 2, details: error.message }));
    });
  },
} as unknown as UntypedServiceImplementation);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, port) => console.log(port));
process.stdin.on("end", () => process.exit(0)).resume();
