#!/usr/bin/env node
// The command `ringdown`. The only file of it that an older Node can read: goes on with the Node that the project brings,
// or says what is missing.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The first that runs TypeScript as it is. */
const NODE_NEEDED = 24;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, "src", "main.ts");
const ownNode = join(root, "node_modules", ".bin", "node");
const hasDependencies = existsSync(join(root, "node_modules", "commander"));

if (!hasDependencies) refuse("its dependencies are not installed", `npm ci    (in ${root})`);
else if (Number.parseInt(process.versions.node, 10) >= NODE_NEEDED) await import(main);
else if (existsSync(ownNode)) runOn(ownNode);
else
  refuse(
    `it needs Node ${NODE_NEEDED} or newer; this is ${process.versions.node}`,
    `npm ci    (in ${root}; brings its own)`,
  );

function refuse(reason, remedy) {
  process.stderr.write(`ringdown: ${reason}\n  What to do: ${remedy}\n`);
  process.exitCode = 1;
}

// Ctrl-C reaches the child by itself (it is in the terminal's group): only wait for its end.
function runOn(node) {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  const pass = (signal) => child.kill(signal);
  process
    .on("SIGTERM", pass)
    .on("SIGHUP", pass)
    .on("SIGINT", () => {});
  child.once("error", (error) => refuse(`${node} could not be started: ${error.message}`, "npm ci"));
  child.once("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
