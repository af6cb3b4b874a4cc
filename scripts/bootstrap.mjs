// The only file that has to run on Node 20 with nothing installed: installs the dependencies when they don't match the
// lock file, then runs the script it was given on the project's own Node, which understands TypeScript.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ownNode = join(root, "node_modules", ".bin", "node");
const [script, ...parameters] = process.argv.slice(2);

if (!dependenciesMatch()) {
  const started = Date.now();
  // Its warnings are about the Node that runs npm, which the program doesn't use.
  process.stderr.write("… Installing the dependencies (npm ci)\n");
  const code = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (code !== 0 || !dependenciesMatch()) {
    process.stderr.write(
      "✗ The dependencies could not be installed.\n" +
        "  What to do: see npm's message above; the npm registry has to be in reach (npm ping), then run this again.\n",
    );
    process.exit(1);
  }
  process.stderr.write(`✓ Dependencies installed (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
}
process.exit(await run(ownNode, [script, ...parameters]));

// npm writes what it has installed into a lock file of its own, as the last thing it does.
function dependenciesMatch() {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  const wantedFile = join(root, "package-lock.json");
  if (!existsSync(installedFile) || !existsSync(ownNode)) return false;
  const wanted = JSON.parse(readFileSync(wantedFile, "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  // What can be done without is tried once: it may not exist for this machine.
  const isTried = statSync(installedFile).mtimeMs > statSync(wantedFile).mtimeMs;
  const own = Object.keys(wanted[""].optionalDependencies ?? {}).map((name) => `node_modules/${name}`);
  const canLack = (path) => path === "" || (wanted[path].optional && (isTried || !own.includes(path)));
  return Object.entries(wanted).every(([path, { version }]) => canLack(path) || installed[path]?.version === version);
}

// Resolves with the exit code. Ctrl-C reaches the child by itself (it is in the terminal's group): only wait for its end.
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit" });
    const pass = (signal) => child.kill(signal);
    const wait = () => {};
    process.on("SIGTERM", pass).on("SIGHUP", pass).on("SIGINT", wait);
    child.once("error", (error) => {
      process.stderr.write(`✗ ${command} could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.once("exit", (code, signal) => {
      process.off("SIGTERM", pass).off("SIGHUP", pass).off("SIGINT", wait);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
