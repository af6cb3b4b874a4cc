import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asteriskAccounts } from "../../src/asterisk/accounts.ts";
import type { Account } from "../../src/ports/accounts.ts";
import { connectionTo } from "../asterisk/ari/support.ts";
import { type Asterisk, startAsterisk } from "../support/asterisk.ts";
import { nextAddress } from "../support/loopback.ts";
import { startPhone } from "../support/phone.ts";

let asterisk: Asterisk;
beforeAll(async () => {
  asterisk = await startAsterisk();
});
afterAll(() => asterisk[Symbol.asyncDispose]());

async function connected() {
  const connection = connectionTo(asterisk);
  await connection.start();
  await connection.whenUp(AbortSignal.timeout(10_000));
  const accounts = asteriskAccounts({ connection, sipAddress: asterisk.address });
  return { ...accounts, [Symbol.asyncDispose]: () => connection.close() };
}

const account = (name: string, password: string): Account => ({
  name,
  displayName: 'The "Desk" <0>',
  realm: "ringdown",
  digest: createHash("md5").update(`${name}:ringdown:${password}`).digest("hex"),
});

async function registers(user: string, password: string): Promise<number> {
  const server = { address: asterisk.address, port: 5060 };
  await using phone = await startPhone({ address: nextAddress(), server, credentials: { user, password } });
  return await phone.register();
}

/** 401 for a wrong password; a name that is no account is refused in whatever way. */
const isRefusal = (status: number): boolean => status >= 400;

test("an account is usable at once, changed at once, and gone at once", async () => {
  await using accounts = await connected();
  expect(await registers("2001", "first-password")).toSatisfy(isRefusal);
  await accounts.put(account("2001", "first-password"));
  expect(await registers("2001", "first-password")).toBe(200);
  expect(await registers("2001", "second-password")).toSatisfy(isRefusal);
  await accounts.put(account("2001", "second-password"));
  expect(await registers("2001", "second-password")).toBe(200);
  expect(await registers("2001", "first-password")).toSatisfy(isRefusal);
  await accounts.remove("2001");
  expect(await registers("2001", "second-password")).toSatisfy(isRefusal);
});

test("accounts are listed, and survive a restart of Asterisk", async () => {
  {
    await using accounts = await connected();
    await accounts.put(account("2002", "some-password"));
    expect(await accounts.names()).toContain("2002");
  }
  await asterisk.stop();
  await asterisk.start();
  expect(await registers("2002", "some-password")).toBe(200);
  await using accounts = await connected();
  expect(await accounts.names()).toContain("2002");
});

test("what Asterisk's own configuration has is left alone", async () => {
  await asterisk.addAccount("theirs", "some-password");
  await using accounts = await connected();
  for (const name of ["theirs", "loopback"]) {
    await expect(accounts.put(account(name, "x"))).rejects.toMatchObject({ fault: "refused" });
    await accounts.remove(name);
    expect(await accounts.names()).toContain(name);
  }
  expect(await registers("theirs", "some-password")).toBe(200);
  await accounts.remove("nobody");
});

test("an Asterisk that is away is not waited for", async () => {
  const connection = connectionTo(asterisk);
  const accounts = asteriskAccounts({ connection, sipAddress: undefined });
  await expect(accounts.put(account("2003", "x"))).rejects.toMatchObject({ fault: "unavailable" });
  await expect(accounts.names()).rejects.toMatchObject({ fault: "unavailable" });
  await connection.close();
});
