import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { attempt, demand, installed, lastLines } from "./command.ts";
import { install, mayInstall } from "./debian.ts";
import { localFile } from "./paths.ts";
import { Problem } from "./problem.ts";
import { step } from "./progress.ts";

/** A cold start of an engine with much to look through takes some seconds. */
const START_LIMIT_MS = 60_000;
const POLL_MS = 200;

/** Says that the engine is ours to stop: by its process id, or as the system's service. */
const note = localFile("docker-engine");
const log = localFile("docker-engine.log");
const SERVICE = "service";

/** Makes sure that a Docker engine answers; tells whether this call started it. */
export const ensureEngine = async (): Promise<{ readonly startedHere: boolean }> => {
  if (await engineAnswers()) return { startedHere: false };
  if (!mayInstall()) throw await unreachable();
  if (!(await installed("dockerd"))) await install("docker.io");
  // Since Debian 13 the command line is a package of its own.
  if (!(await installed("docker"))) await install("docker-cli");
  // Installing it may have started it.
  if (await engineAnswers()) return { startedHere: false };
  await step("Starting the Docker engine", startEngine);
  return { startedHere: true };
};

/** Stops an engine that an earlier call started; leaves any other alone. */
export const stopEngine = async (): Promise<void> => {
  if (!existsSync(note)) return;
  const started = readFileSync(note, "utf8").trim();
  await step("Stopping the Docker engine that was started here", async () => {
    if (started === SERVICE) {
      await demand("systemctl", ["stop", "docker.service", "docker.socket"], "stop it by hand");
    } else if (isEngine(Number(started))) {
      process.kill(Number(started), "SIGTERM");
      while (isEngine(Number(started))) await sleep(POLL_MS);
    }
    rmSync(note);
  });
};

/** Whether a Docker engine is there to talk to. */
export const engineAnswers = async (): Promise<boolean> => (await attempt("docker", ["info"])).succeeded;

/** What a killed engine leaves behind: notes of process ids, which a new one would believe whoever has them now. */
const PROCESS_NOTES = [
  { file: "/var/run/docker.pid", program: "dockerd" },
  { file: "/var/run/docker/containerd/containerd.pid", program: "containerd" },
];

const forgetTheDead = (): void => {
  for (const { file, program } of PROCESS_NOTES) {
    if (existsSync(file) && !isProgram(Number(readFileSync(file, "utf8")), program)) rmSync(file);
  }
};

const startEngine = async (): Promise<void> => {
  if (existsSync("/run/systemd/system")) {
    await demand("systemctl", ["start", "docker"], "see: journalctl --unit docker");
    writeFileSync(note, SERVICE);
  } else {
    forgetTheDead();
    const output = openSync(log, "w");
    const engine = spawn("dockerd", [], { detached: true, stdio: ["ignore", output, output] });
    engine.unref();
    writeFileSync(note, String(engine.pid));
  }
  await answered();
};

const answered = async (): Promise<void> => {
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (!(await engineAnswers())) {
    const gone = readFileSync(note, "utf8") !== SERVICE && !isEngine(Number(readFileSync(note, "utf8")));
    if (gone || performance.now() > deadlineMs) {
      const said = existsSync(log) ? lastLines(readFileSync(log, "utf8")) : "";
      throw new Problem(
        `The Docker engine ${gone ? "ended at once" : "does not answer"}:\n${said}`,
        "the lines above say what this machine lacks; start an engine yourself (docker info has to succeed)",
      );
    }
    await sleep(POLL_MS);
  }
};

const isEngine = (processId: number): boolean => isProgram(processId, "dockerd");

/** A process id may have been given to another program since. */
const isProgram = (processId: number, program: string): boolean => {
  try {
    return readFileSync(`/proc/${processId}/comm`, "utf8").trim() === program;
  } catch {
    return false;
  }
};

const unreachable = async (): Promise<Problem> => {
  if (!(await installed("docker"))) {
    return new Problem("Docker is not installed.", "install it: https://docs.docker.com/engine/install/");
  }
  const { output } = await attempt("docker", ["info"]);
  const remedy =
    process.platform === "linux"
      ? "start it (sudo systemctl start docker), and let your user talk to it (sudo usermod --append --groups docker $USER, then log in again)"
      : "start Docker Desktop";
  return new Problem(`The Docker engine can't be reached:\n${lastLines(output)}`, remedy);
};
