import { Server, ServerCredentials } from "@grpc/grpc-js";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

// A plugin for any package, as an executable: what is asked for it has made, under the id `of-the-plugin`.

type Reply = (error: null, response: object) => void;
type Call<Request> = { request: Request };

const check = ({ request }: Call<messages.CheckRequest>, reply: Reply) =>
  reply(null, new messages.CheckResponse().setInputs(request.getNews()));

const server = new Server();
server.addService(ResourceProviderService, {
  checkConfig: check,
  check,
  diffConfig: (_call: unknown, reply: Reply) => reply(null, new messages.DiffResponse().setChanges(1)),
  diff: (_call: unknown, reply: Reply) => reply(null, new messages.DiffResponse().setChanges(1)),
  configure: (_call: unknown, reply: Reply) => reply(null, new messages.ConfigureResponse()),
  create: ({ request }: Call<messages.CreateRequest>, reply: Reply) =>
    reply(null, new messages.CreateResponse().setId("of-the-plugin").setProperties(request.getProperties())),
  delete: (_call: unknown, reply: Reply) => reply(null, new Empty()),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, port) => console.log(port));
process.stdin.on("end", () => process.exit(0)).resume();
