import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Document, isMap, parseDocument } from "yaml";
import { SandstackError } from "../../model/error";
import { writeAtomically } from "../state/state-files";
import type { Project } from "./project-file";
import { parseYaml } from "./project-file";

/** A value of a stack's config: text, a structure, or a secret as ciphertext. */
export type ConfigValue = { secure: string } | string | number | boolean | unknown[] | Record<string, unknown>;

/**
 * A stack's `Pulumi.<stack>.yaml`. It is changed in place: comments, order and what the engine does not know stay.
 * Not there is the same as empty.
 */
export class StackFile {
  readonly path: string;
  private readonly document: Document;

  /** @throws SandstackError CORRUPT, UNSUPPORTED */
  constructor(project: Pick<Project, "configFolder">, stack: string) {
    this.path = join(project.configFolder, `Pulumi.${stack}.yaml`);
    const text = existsSync(this.path) ? readFileSync(this.path, "utf8") : "";
    const { secretsprovider } = parseYaml(text, this.path) as { secretsprovider?: string };
    if (secretsprovider !== undefined && secretsprovider !== "passphrase") {
      throw new SandstackError("UNSUPPORTED", `${this.path}: secretsprovider: "${secretsprovider}" is not covered.`, {
        hint: "This engine knows the passphrase provider.",
      });
    }
    this.document = parseDocument(text);
    if (!isMap(this.document.contents)) this.document.contents = this.document.createNode({});
  }

  get salt(): string | undefined {
    return this.document.get("encryptionsalt") as string | undefined;
  }
  set salt(salt: string) {
    this.document.set("encryptionsalt", salt);
  }

  config(): Record<string, ConfigValue> {
    const value = this.document.toJS() as { config?: Record<string, ConfigValue> | null };
    return value.config ?? {};
  }

  set(key: string, value: ConfigValue): void {
    if (!isMap(this.document.get("config"))) this.document.set("config", this.document.createNode({}));
    this.document.setIn(["config", key], this.document.createNode(value));
  }

  /** @returns whether it was there */
  remove(key: string): boolean {
    const there = this.document.hasIn(["config", key]);
    if (there) this.document.deleteIn(["config", key]);
    const config = this.document.get("config");
    if (isMap(config) && config.items.length === 0) this.document.delete("config");
    return there;
  }

  save(): void {
    writeAtomically(this.path, this.document.toString({ lineWidth: 0 }));
  }
}
