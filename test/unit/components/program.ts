import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine was asked to register it. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** Outputs that stand in for those of a provider, by type. */
const OUTPUTS: Readonly<Record<string, object>> = {
  "sandstack:index:Lease": { createdAt: "2026-05-03T12:00:00.000Z", deadline: "2026-05-03T12:15:00.000Z" },
  "sandstack:local:Image": { digest: "sha256:d1", reference: "debian:bookworm", sizeBytes: 7 },
  "sandstack:local:Instance": { connection: '{"version":1}', state: "running" },
  "sandstack:docker:Guest": {
    volume: "sandstack-guest-d",
    home: "/home/agent",
    envs: ["SANDSTACK_ID=agent-Lease"],
    memory: 2 ** 30,
    firstDeadline: "2026-05-03T12:15:00.000Z",
  },
  "sandstack:docker:Instance": { connection: '{"version":1}', state: "running" },
  "sandstack:docker:Snapshot": { reference: "sbx-a@2026" },
  "sandstack:local:Snapshot": { reference: "sbx-a@2026" },
};

/** Runs a program of components against a stand-in for the engine. Not proven: what a provider makes of the inputs. */
export async function registered(program: () => unknown): Promise<Registered[]> {
  const found: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs: given, custom }) {
        const inputs = given as Record<string, unknown>;
        const sent = Object.entries(inputs).filter(([, value]) => value !== undefined);
        found.push({ type, name, inputs: Object.fromEntries(sent) });
        return {
          id: custom === false ? undefined : `${name}-${type.split(":").at(-1)}`,
          state: { ...inputs, ...OUTPUTS[type] },
        };
      },
      call: () => ({}),
    },
    "sandboxes",
    "local",
    false,
  );
  await pulumi.runtime.runInPulumiStack(() => {
    program();
    return Promise.resolve(undefined);
  });
  await pulumi.runtime.disconnect();
  return found.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

/** The value of an output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
