import { parseArgs } from "node:util";
import pretty from "pino-pretty";
import { buildAsterisk, buildBackend } from "./images.ts";
import { interruption, unlessInterrupted } from "./interruption.ts";
import { type Addresses, addressesOf, demandFree } from "./prerequisites/addresses.ts";
import { ensureBaseImage } from "./prerequisites/base-image.ts";
import { ensureCompose } from "./prerequisites/compose.ts";
import { ensureEngine, stopEngine } from "./prerequisites/docker-engine.ts";
import { settingsFile } from "./prerequisites/paths.ts";
import { say, tell } from "./prerequisites/progress.ts";
import { soundSettings } from "./prerequisites/settings.ts";
import { type Stack, stackOf } from "./stack.ts";

const { values: option } = parseArgs({ options: { detach: { type: "boolean", default: false } } });
const interrupted = interruption();
let stack: Stack | undefined;

try {
  stack = await unlessInterrupted(interrupted, start());
  if (!option.detach) await Promise.race([interrupted, showLog(stack)]);
} catch (error) {
  tell(error);
  process.exitCode = 1;
}
if (!option.detach || process.exitCode === 1) await stop();
process.exit();

async function start(): Promise<Stack> {
  const file = settingsFile();
  const addresses = addressesOf(soundSettings(file));
  await ensureEngine();
  await ensureBaseImage();
  const compose = await ensureCompose();
  stack = stackOf({ compose, environmentFile: file });
  if (!(await stack.isRunning())) await demandFree(addresses, file);
  await Promise.all([buildAsterisk(compose), buildBackend(compose)]);
  await stack.up();
  process.stdout.write(welcome(addresses, file));
  return stack;
}

async function showLog(running: Stack): Promise<void> {
  say("The log follows; Ctrl-C stops everything.\n");
  const log = running.follow();
  log.stdout.pipe(pretty({ colorize: process.stdout.isTTY, sync: true, destination: 1, ignore: "pid,hostname" }));
  await log;
}

async function stop(): Promise<void> {
  try {
    await stack?.down();
    await stopEngine();
  } catch (error) {
    tell(error);
    process.exitCode = 1;
  }
}

function welcome({ api, sip }: Addresses, file: string): string {
  const http = `http://${reachable(api.host)}:${api.port}`;
  return [
    "",
    "Ringdown is running.",
    `  Call            sip:1000@${reachable(sip.host)}:${sip.port}   (from this machine: no account needed); 1001 and 1002 ring the softphones`,
    `  Softphones      accounts 1001 and 1002 at ${reachable(sip.host)}:${sip.port}; passwords: RINGDOWN_SIP_1001_PASSWORD, RINGDOWN_SIP_1002_PASSWORD in ${file}`,
    `  API             ${http}/v1.0   (key: RINGDOWN_API_KEY in ${file})`,
    `  Documentation   ${http}/docs`,
    "  Stop            npm run stop",
    "",
    "",
  ].join("\n");
}

function reachable(host: string): string {
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
}
