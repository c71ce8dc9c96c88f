import { createHash } from "node:crypto";
import { SandstackError } from "../../model/error";
import { parseForeignJson, shaped } from "../../model/foreign-json";
import type { PropertyMap } from "../property/value";
import { seal, unseal } from "../secrets/envelope";
import type { Crypter } from "../secrets/passphrase";
import { isUrn } from "../urn";
import { referencesOf, type PendingOperation, type ResourceState, type Snapshot } from "./resource-state";

/** The state file's content, as far as it is read before there is a key. */
export interface Checkpoint {
  /** What unlocks its secrets; `undefined` where nothing was ever encrypted. */
  salt: string | undefined;
  resources: ResourceState[];
  pending: PendingOperation[];
}

interface Deployment {
  secrets_providers?: { type?: string; state?: { salt?: string } };
  resources?: ResourceState[] | null;
  pending_operations?: PendingOperation[] | null;
}

/**
 * Reads a state file's text; secrets stay sealed.
 * @param path named in errors
 * @throws SandstackError CORRUPT, VERSION, UNSUPPORTED
 */
export function parseCheckpoint(bytes: Buffer, path: string, project: string, stack: string): Checkpoint {
  return shaped(path, () => checkpointOf(bytes, path, project, stack));
}

function checkpointOf(bytes: Buffer, path: string, project: string, stack: string): Checkpoint {
  refuseCompressed(bytes, path);
  const file = parseJson(bytes, path);
  const { version, features, checkpoint } = file as { version?: unknown; features?: unknown[]; checkpoint?: unknown };
  if (version !== 3 && !(version === 4 && (features ?? []).length === 0)) {
    const named = version === 4 ? `4 with ${(features ?? []).join(", ")}` : JSON.stringify(version);
    throw new SandstackError("VERSION", `${path}: state version ${named} is not one that this engine knows.`, {
      hint: "It knows 3. The file was left as it is: use the tool that wrote it.",
    });
  }
  const { stack: name, latest } = (checkpoint ?? {}) as { stack?: string; latest?: Deployment | null };
  const expected = `organization/${project}/${stack}`;
  if (name !== expected && name !== stack) {
    throw new SandstackError("CORRUPT", `${path}: is the state of ${JSON.stringify(name)}, not of "${expected}".`, {
      hint: "Put back the right file; the one before it is kept beside it as .bak.",
    });
  }
  const { resources, pending_operations: pending, secrets_providers: secrets } = latest ?? {};
  if (secrets?.type !== undefined && secrets.type !== "passphrase") {
    throw new SandstackError(
      "UNSUPPORTED",
      `${path}: secrets provider ${JSON.stringify(secrets.type)} is not covered.`,
      {
        hint: "Change the stack to the passphrase provider: pulumi stack change-secrets-provider passphrase.",
      },
    );
  }
  const salt: unknown = secrets?.state?.salt;
  if (salt !== undefined && typeof salt !== "string") throw damaged(path, "its salt is no text");
  const result = { salt, resources: resources ?? [], pending: pending ?? [] };
  if (!Array.isArray(result.resources) || !Array.isArray(result.pending)) throw damaged(path, "resources are no list");
  checkIntegrity(result.resources, path);
  return result;
}

function refuseCompressed(bytes: Buffer, path: string): void {
  const zstd = bytes.length > 3 && bytes.readUInt32LE(0) === 0xfd2fb528;
  if ((bytes[0] === 0x1f && bytes[1] === 0x8b) || zstd) {
    throw new SandstackError("UNSUPPORTED", `${path}: compressed state is not covered.`, {
      hint: "Unset PULUMI_DIY_BACKEND_COMPRESSION, and let the Pulumi CLI write the state once.",
    });
  }
}

function parseJson(bytes: Buffer, path: string): object {
  try {
    const value = parseForeignJson(bytes, path);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    if (cause instanceof SandstackError) throw cause;
    throw damaged(path, bytes.length === 0 ? "the file is empty" : "it is not whole JSON", cause);
  }
  throw damaged(path, "it is not an object");
}

function damaged(path: string, what: string, cause?: unknown): SandstackError {
  return new SandstackError("CORRUPT", `${path}: the state cannot be read: ${what}.`, {
    cause,
    hint: `The state before it is ${path}.bak; older ones are below backups/ beside stacks/.`,
  });
}

/** Parents, dependencies and providers stand before who uses them. */
export function checkIntegrity(resources: readonly ResourceState[], path: string): void {
  const seen = new Set<string>();
  for (const resource of resources) {
    if (typeof resource.urn !== "string" || !isUrn(resource.urn)) {
      throw damaged(path, `${JSON.stringify(resource.urn)} is no URN`);
    }
    const missing = referencesOf(resource).find((urn) => !seen.has(urn));
    if (missing !== undefined) throw damaged(path, `${resource.urn} refers to ${missing}, which is not before it`);
    seen.add(resource.urn);
  }
}

export function unsealSnapshot({ resources, pending }: Checkpoint, crypter: Crypter): Snapshot {
  return {
    resources: resources.map((resource) => changeProperties(resource, (value) => unseal(value, crypter))),
    pending: pending.map(({ resource, type }) => ({
      type,
      resource: changeProperties(resource, (value) => unseal(value, crypter)),
    })),
  };
}

function changeProperties<T>(resource: ResourceState, change: (value: PropertyMap) => T): ResourceState {
  const result = { ...resource };
  if (resource.inputs !== undefined) result.inputs = change(resource.inputs) as PropertyMap;
  if (resource.outputs !== undefined) result.outputs = change(resource.outputs) as PropertyMap;
  return result;
}

/** What a state file holds that was written by this engine. */
export function formatCheckpoint(
  snapshot: Snapshot,
  where: { project: string; stack: string; version: string; time: Date },
  crypter: Crypter,
): string {
  const sealed = (resource: ResourceState) => changeProperties(resource, (value) => seal(value, crypter));
  const magic = where.version === "" ? "" : createHash("sha256").update(where.version).digest("hex");
  const pending = snapshot.pending.map(({ resource, type }) => ({ resource: sealed(resource), type }));
  return JSON.stringify({
    version: 3,
    checkpoint: {
      stack: `organization/${where.project}/${where.stack}`,
      latest: {
        manifest: { time: where.time.toISOString(), magic, version: where.version },
        secrets_providers: { type: "passphrase", state: { salt: crypter.state } },
        ...(snapshot.resources.length === 0 ? {} : { resources: snapshot.resources.map(sealed) }),
        ...(pending.length === 0 ? {} : { pending_operations: pending }),
        metadata: {},
      },
    },
  });
}
