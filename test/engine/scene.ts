import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { Engine, type EngineEvent, type EngineOptions, type Project, type ResourceState } from "../../src/engine";
import { fileProvider } from "./file-provider";

const scenes: Scene[] = [];
afterEach(() => scenes.splice(0).forEach((scene) => scene.remove()));

/** A project in a folder of its own, with a provider of files below it. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), "sandstack-engine-"));
  readonly world = join(this.folder, "world");
  readonly journalFile = join(this.folder, "journal");
  events: EngineEvent[] = [];

  constructor() {
    mkdirSync(this.world);
    scenes.push(this);
  }

  path(name: string): string {
    return join(this.world, name);
  }

  project(more: Partial<Project> = {}): Project {
    return {
      name: "project",
      folder: this.folder,
      main: ".",
      configFolder: this.folder,
      backend: this.folder,
      refreshAlways: false,
      config: {},
      plugins: {},
      ...more,
    };
  }

  engine(program: () => unknown, more: Partial<EngineOptions> = {}): Engine {
    this.events = [];
    return new Engine({
      project: this.project(),
      stack: "dev",
      passphrase: "password",
      providers: { file: () => fileProvider(this.journalFile) },
      program,
      events: (event) => this.events.push(event),
      ...more,
    });
  }

  up(program: () => unknown, more: Partial<EngineOptions> = {}) {
    return this.engine(program, more).up();
  }

  /** What is in the world. */
  files(): Record<string, string> {
    return Object.fromEntries(readdirSync(this.world).map((name) => [name, readFileSync(this.path(name), "utf8")]));
  }

  /** Names of the files below the world that the journal speaks of, with what was done; and forgets them. */
  journal(): string[] {
    const lines = existsSync(this.journalFile) ? readFileSync(this.journalFile, "utf8").trimEnd().split("\n") : [];
    rmSync(this.journalFile, { force: true });
    return lines.filter((line) => !line.startsWith("configure")).map((line) => line.replaceAll(`${this.world}/`, ""));
  }

  get stateFile(): string {
    return join(this.folder, ".pulumi/stacks/project/dev.json");
  }
  stateText(): string {
    return readFileSync(this.stateFile, "utf8");
  }
  state(): { resources: ResourceState[]; pending: { resource: ResourceState; type: string }[] } {
    const { latest } = (
      JSON.parse(this.stateText()) as {
        checkpoint: { latest: { resources?: ResourceState[]; pending_operations?: [] } };
      }
    ).checkpoint;
    return { resources: latest.resources ?? [], pending: latest.pending_operations ?? [] };
  }
  /** Files that the state has, by id. */
  known(): string[] {
    const ids = this.state()
      .resources.filter(({ type }) => type === "file:index:File")
      .map(({ id = "" }) => id);
    return ids.map((id) => id.replace(`${this.world}/`, "")).sort();
  }

  diagnostics(severity: string): string[] {
    return this.events.flatMap((event) =>
      event.event === "diagnostic" && event.severity === severity ? event.message : [],
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
