const DEFAULT_HOST = "unix:///var/run/docker.sock";

/** The engine that is meant where none is named, as Docker's own client has it. */
export function defaultHost(env: NodeJS.ProcessEnv = process.env): string {
  return env["DOCKER_HOST"] || DEFAULT_HOST;
}
