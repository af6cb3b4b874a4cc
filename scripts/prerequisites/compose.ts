import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { attempt, demand } from "./command.ts";
import { localFile } from "./paths.ts";
import { Problem } from "./problem.ts";
import { step } from "./progress.ts";

/** The first one that knows an optional env_file. */
const OLDEST_VERSION = [2, 24] as const;

/** How to call Docker Compose here: the program and its first parameters. */
export type Compose = { readonly command: string; readonly prefix: readonly string[] };

/** Finds Docker Compose, or takes the program out of Debian's package without installing it. */
export const ensureCompose = async (): Promise<Compose> => {
  const plugin: Compose = { command: "docker", prefix: ["compose"] };
  if (await isRecent(plugin)) return plugin;
  const unpacked: Compose = { command: localFile("bin", "docker-compose"), prefix: [] };
  if (existsSync(unpacked.command) && (await isRecent(unpacked))) return unpacked;
  if (process.platform !== "linux") {
    throw new Problem(
      "Docker Compose is missing or old.",
      `update Docker: version ${OLDEST_VERSION.join(".")} is needed`,
    );
  }
  await step("Fetching Docker Compose out of Debian's package", () => unpack(unpacked.command));
  return unpacked;
};

const isRecent = async ({ command, prefix }: Compose): Promise<boolean> => {
  const { succeeded, output } = await attempt(command, [...prefix, "version", "--short"]);
  const [major = 0, minor = 0] = output.replace(/^v/, "").split(".").map(Number);
  return succeeded && (major > OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor >= OLDEST_VERSION[1]));
};

/** The base image has an archive whose Compose is recent; the program in it runs anywhere. */
const unpack = async (file: string): Promise<void> => {
  const script = [
    "set -e; cd /tmp; exec 3>&1 >&2",
    "apt-get update; apt-get download docker-compose",
    "dpkg-deb --fsys-tarfile docker-compose_*.deb | tar --extract --to-stdout ./usr/libexec/docker/cli-plugins/docker-compose >&3",
  ].join("\n");
  const draft = `${file}.${process.pid}`;
  try {
    const keep = 'docker run --rm debian:forky-slim sh -c "$0" > "$1"';
    await demand(
      "sh",
      ["-c", keep, script, draft],
      "install Docker Compose 2 yourself (docker compose version has to work)",
    );
    chmodSync(draft, 0o755);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
};
