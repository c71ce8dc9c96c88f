import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMap, type Document } from "yaml";
import { SandstackError } from "../../model/error";
import { readRegularFile } from "../../model/read-file";
import { writeAtomically } from "../state/state-files";
import type { Project } from "./project-file";
import { mapping } from "./project-file";
import { asObject, MOST_YAML, parseYamlDocument } from "./yaml";

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
    const text = existsSync(this.path) ? readRegularFile(this.path, MOST_YAML).toString("utf8") : "";
    this.document = parseYamlDocument(text, this.path);
    const { secretsprovider, encryptionsalt } = asObject(this.document, this.path) as Record<string, unknown>;
    if (secretsprovider !== undefined && secretsprovider !== "passphrase") {
      throw new SandstackError(
        "UNSUPPORTED",
        `${this.path}: secretsprovider: ${JSON.stringify(secretsprovider)} is not covered.`,
        {
          hint: "This engine knows the passphrase provider.",
        },
      );
    }
    if (encryptionsalt !== undefined && typeof encryptionsalt !== "string") {
      throw new SandstackError("CORRUPT", `${this.path}: encryptionsalt: is no text.`);
    }
    if (!isMap(this.document.contents)) this.document.contents = this.document.createNode({});
  }

  get salt(): string | undefined {
    return this.document.get("encryptionsalt") as string | undefined;
  }
  set salt(salt: string) {
    this.document.set("encryptionsalt", salt);
  }

  config(): Record<string, ConfigValue> {
    const { config } = asObject(this.document, this.path) as { config?: unknown };
    return mapping(config, `${this.path}: config`) as Record<string, ConfigValue>;
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
