/** Addresses 127.0.N.x for one test file: all of its servers use standard ports and collide with nobody's. */
import { mkdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Clear of 127.0.0.1, where a developer may have the real thing running. */
const FIRST_NETWORK = 10;
const LAST_NETWORK = 250;

/** A network that no other process has; not the worker's number, since a worker's last file may still be ending. */
const network = takeNetwork();
let given = 1;

/** Where this file's Asterisk and Ringdown live. */
export const SERVER_ADDRESS = `127.0.${network}.1`;

/** An address that nobody else in this file has. */
export const nextAddress = (): string => `127.0.${network}.${++given}`;

/** A folder stands for each network that is taken: making one succeeds only once. */
function takeNetwork(): number {
  const taken = join(tmpdir(), "ringdown-test-networks");
  mkdirSync(taken, { recursive: true });
  for (let candidate = FIRST_NETWORK; candidate <= LAST_NETWORK; candidate++) {
    const own = join(taken, String(candidate));
    try {
      mkdirSync(own);
    } catch {
      continue;
    }
    process.once("exit", () => rmdirSync(own));
    return candidate;
  }
  throw new Error(`every test network is taken: remove ${taken} if no test is running`);
}
