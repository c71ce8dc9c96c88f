import { afterEach, expect, it, vi } from "vitest";
import { runDir, stateDir, statePath } from "../../../src/model/state-dir";

afterEach(() => vi.unstubAllEnvs());

it.each([undefined, ""])("are the system's places where the variables are %j", (value) => {
  vi.stubEnv("SANDSTACK_STATE_DIR", value);
  vi.stubEnv("SANDSTACK_RUN_DIR", value);
  expect([statePath("images"), runDir()]).toEqual(["/var/lib/sandstack/images", "/run/sandstack"]);
});

it("are what the variables say, when that is absolute", () => {
  vi.stubEnv("SANDSTACK_STATE_DIR", "/srv/s");
  expect(statePath("a", "b")).toBe("/srv/s/a/b");
  vi.stubEnv("SANDSTACK_STATE_DIR", "s");
  expect(() => stateDir()).toThrow('SANDSTACK_STATE_DIR: "s" is not valid.');
  vi.stubEnv("SANDSTACK_RUN_DIR", "./r");
  expect(() => runDir()).toThrow('SANDSTACK_RUN_DIR: "./r" is not valid.');
});

it.each(["/proc/x", "/sys", "/tmp/../proc/self/x"])("are nowhere where no file can be made: %s", (path) => {
  vi.stubEnv("SANDSTACK_STATE_DIR", path);
  expect(() => stateDir()).toThrow(`SANDSTACK_STATE_DIR: "${path}" is not valid.`);
  vi.stubEnv("SANDSTACK_STATE_DIR", "/process/x");
  expect(stateDir()).toBe("/process/x");
});
