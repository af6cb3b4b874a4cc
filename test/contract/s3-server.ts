import { spawn } from "node:child_process";
import { eventually, Hopeless } from "../support/eventually.ts";
import { nextAddress } from "../support/loopback.ts";
import { endProcess, hasEnded, keepOutput, tail } from "../support/process.ts";

const PORT = 9_000;
/** Python loads all of Amazon's services. */
const BOOT_MS = 30_000;

/** Debian's S3 server (moto), empty, in a process of its own. */
export async function startS3Server() {
  const address = nextAddress();
  const endpoint = `http://${address}:${PORT}`;
  const child = spawn("moto_server", ["-H", address, "-p", String(PORT)], { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  keepOutput(child, lines);
  await eventually(
    "the S3 server",
    async () => {
      if (hasEnded(child)) throw new Hopeless(tail({ name: "moto_server", lines }));
      return (await fetch(endpoint)).ok;
    },
    BOOT_MS,
  );
  return { endpoint, close: () => endProcess(child, "SIGKILL") };
}
