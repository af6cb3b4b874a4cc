/** Addresses 127.0.N.x for one test file: all of its servers use standard ports and collide with nobody's. */

/** Two files never run in one worker at the same time. */
const worker = Number(process.env.VITEST_POOL_ID ?? "0");
/** Clear of 127.0.0.1, where a developer may have the real thing running. */
const FIRST_NETWORK = 10;
let given = 1;

/** Where this file's Asterisk and Ringdown live. */
export const SERVER_ADDRESS = `127.0.${FIRST_NETWORK + worker}.1`;

/** An address that nobody else in this file has. */
export const nextAddress = (): string => `127.0.${FIRST_NETWORK + worker}.${++given}`;
