import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asteriskAccounts } from "../../src/asterisk/accounts.ts";
import { dialOnce } from "../../src/asterisk/dial-once.ts";
import { telephonyEvent } from "../../src/asterisk/events.ts";
import { OUTBOUND } from "../../src/asterisk/roles.ts";
import { asteriskTrunks, trunkEndpoint } from "../../src/asterisk/trunks.ts";
import type { Carrier } from "../../src/ports/carriers.ts";
import { connectionTo, realClock } from "../asterisk/ari/support.ts";
import { type Asterisk, startAsterisk } from "../support/asterisk.ts";
import { eventually } from "../support/eventually.ts";
import { nextAddress } from "../support/loopback.ts";
import { startPhone } from "../support/phone.ts";
import { startCarrier } from "../support/sip/carrier.ts";
import { formatSip, header, parseSip, responseTo, type SipRequest } from "../support/sip/message.ts";

const NUMBER = "+4930123456";
/** In Asterisk's dialplan: whoever calls it stays up, to be looked at. */
const WAITING = "5000";
const ANNA = { username: "anna", password: "secret-1" };

let asterisk: Asterisk;
beforeAll(async () => {
  asterisk = await startAsterisk();
  await addNumbers();
});
afterAll(() => asterisk[Symbol.asyncDispose]());

const addNumbers = async () => {
  for (const number of [WAITING, ANNA.username]) await asterisk.addExtension(number, ["Answer", "Wait(60)"]);
};

/** Names that lead to several addresses, or nowhere. */
const names = new Map<string, readonly string[]>();
const resolve = async (host: string): Promise<readonly string[]> => {
  if (/^[\d.]+$/.test(host)) return [host];
  return names.get(host) ?? Promise.reject(new Error(`no such name: ${host}`));
};

async function connected() {
  const connection = connectionTo(asterisk);
  await connection.start();
  await connection.whenUp(AbortSignal.timeout(10_000));
  const settings = { connection, sipAddress: asterisk.address, resolve };

  /** Calls a number through a trunk; gives the Q.850 cause with which that ended. */
  async function dial(trunkId: string, number = NUMBER): Promise<number> {
    const channelId = randomUUID();
    const caller = '"Anna" <+4930999>';
    const channel = {
      channelId,
      endpoint: trunkEndpoint(trunkId, number),
      app: "ringdown",
      appArgs: OUTBOUND,
      variables: { "CALLERID(all)": caller, "CONNECTEDLINE(all)": caller },
    };
    await dialOnce({ ari: connection.ari, clock: realClock() }, channel, 10, AbortSignal.timeout(10_000));
    return eventually("the end of the call", () => {
      const left = connection.events.map(telephonyEvent).filter((event) => event?.type === "channel_left");
      return left.find((event) => event.channelId === channelId)?.cause;
    });
  }
  return {
    ...asteriskTrunks(settings),
    accounts: asteriskAccounts(settings),
    dial,
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

const aCarrier = ({ address, port }: { address: string; port: number }, changes: Partial<Carrier> = {}): Carrier => ({
  name: randomUUID(),
  host: address,
  port,
  transport: "udp",
  username: null,
  password: null,
  register: false,
  from_user: null,
  from_domain: null,
  ...changes,
});

/** The endpoint that Asterisk takes a caller for. */
async function takenFor(own: { address: string; port?: number; user?: string }): Promise<string> {
  await using phone = await startPhone({ ...own, server: { address: asterisk.address, port: 5060 } });
  const call = await phone.dial(WAITING);
  await call.answered();
  return await endpointOfOneChannel();
}

async function endpointOfOneChannel(): Promise<string> {
  const name = JSON.stringify(await asterisk.ari("GET", "/channels"));
  return /"name":"PJSIP\/(.+?)-[0-9a-f]{8}"/.exec(name)?.[1] ?? name;
}

const nothingLeft = () => eventually("no channel", async () => (await asterisk.leftovers()).length === 0);

test("a trunk can be called through at once, and shows who calls", async () => {
  await using server = await startCarrier({ address: nextAddress(), port: 5070 });
  await using trunks = await connected();
  const carrier = aCarrier(server);
  await trunks.put(carrier);
  expect(await trunks.dial(carrier.name)).toBe(17);
  const [invite] = server.invites;
  expect(invite?.uri).toBe(`sip:${NUMBER}@${server.address}:5070`);
  expect(fromOf(invite)).toBe(`"Anna" <sip:+4930999@${server.address}>`);
  expect(invite && header(invite, "P-Asserted-Identity")).toMatch(/^"Anna" <sip:\+4930999@/);
  expect(invite?.body).toMatch(/m=audio \d+ RTP\/AVP 0 8 9 107 101/);
  expect(invite?.body).toContain(`c=IN IP4 ${asterisk.address}`);
});

const fromOf = (invite: SipRequest | undefined): string =>
  (invite ? header(invite, "From") : "").replace(/;tag=.*$/, "");

test("a carrier's challenge is answered, with another account as soon as there is one", async () => {
  let account = { user: "anna", password: "secret-1" };
  await using server = await startCarrier({ address: nextAddress(), credentials: () => account });
  await using trunks = await connected();
  const carrier = aCarrier(server, { ...ANNA, from_user: "anna", from_domain: "carrier.example" });
  await trunks.put(carrier);
  expect(await trunks.dial(carrier.name)).toBe(17);
  expect(server.invites.map((invite) => header(invite, "Authorization") !== "")).toEqual([false, true]);
  expect(fromOf(server.invites[1])).toBe("<sip:anna@carrier.example>");
  expect(header(server.invites[1] ?? fail(), "P-Asserted-Identity")).toContain("+4930999");

  account = { user: "anna", password: "secret-2" };
  expect(await trunks.dial(carrier.name)).toBe(21);
  await trunks.put({ ...carrier, password: "secret-2" });
  expect(await trunks.dial(carrier.name)).toBe(17);
  await trunks.put(aCarrier(server, { name: carrier.name }));
  expect(await trunks.dial(carrier.name)).toBe(21);
  expect(fromOf(server.invites.at(-1))).toBe(`"Anna" <sip:+4930999@${server.address}>`);
});

const fail = (): never => {
  throw new Error("there was no such call");
};

test("a trunk that moves is called at its new place only, and one that is removed no more", async () => {
  await using old = await startCarrier({ address: nextAddress() });
  await using next = await startCarrier({ address: nextAddress(), refuseWith: 404 });
  await using trunks = await connected();
  const carrier = aCarrier(old);
  await trunks.put(carrier);
  expect(await trunks.dial(carrier.name)).toBe(17);
  await trunks.put({ ...carrier, host: next.address });
  expect(await trunks.dial(carrier.name)).toBe(1);
  expect(await takenFor({ address: old.address, port: 5061 })).toBe("loopback");
  expect([old.invites.length, next.invites.length]).toEqual([1, 1]);
  expect(await trunks.names()).toContain(carrier.name);
  await trunks.remove(carrier.name);
  await expect(trunks.dial(carrier.name)).rejects.toThrow();
  expect(await trunks.names()).not.toContain(carrier.name);
  await trunks.remove(carrier.name);
  await nothingLeft();
});

test("over TCP the carrier is called by TCP", async () => {
  const received = Promise.withResolvers<SipRequest>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      const request = parseSip(data.toString());
      if (request?.kind !== "request" || request.method !== "INVITE") return;
      received.resolve(request);
      socket.write(formatSip(responseTo(request, { status: 486, tag: "t" })));
    });
  });
  const address = nextAddress();
  await new Promise<void>((listening) => server.listen(5060, address, listening));
  await using trunks = await connected();
  const carrier = aCarrier({ address, port: 5060 }, { transport: "tcp" });
  await trunks.put(carrier);
  expect(await trunks.dial(carrier.name)).toBe(17);
  expect(header(await received.promise, "Via")).toMatch(/^SIP\/2\.0\/TCP /);
  server.close();
});

test("calls from the carrier's address are the trunk's; on this machine its port counts, and all others stay as they were", async () => {
  const address = nextAddress();
  await using trunks = await connected();
  const carrier = aCarrier({ address, port: 5070 });
  expect(await takenFor({ address, port: 5070 })).toBe("loopback");
  await trunks.put(carrier);
  const endpoint = `trunk-${carrier.name}`;
  expect(await takenFor({ address, port: 5070 })).toBe(endpoint);
  expect(await takenFor({ address, port: 5071 })).toBe("loopback");
  expect(await takenFor({ address: nextAddress(), user: endpoint })).toBe("loopback");
  await trunks.put({ ...carrier, port: 5071 });
  expect(await takenFor({ address, port: 5070 })).toBe("loopback");
  expect(await takenFor({ address, port: 5071 })).toBe(endpoint);
  await trunks.remove(carrier.name);
  expect(await takenFor({ address, port: 5071 })).toBe("loopback");
});

test("a carrier's name stands for all its addresses, also when they change and when Asterisk starts again", async () => {
  const [first, second, third] = [nextAddress(), nextAddress(), nextAddress()];
  names.set("sip.carrier.example", [second, first]);
  const carrier = aCarrier({ address: "sip.carrier.example", port: 5060 });
  const endpoint = `trunk-${carrier.name}`;
  const takenForAll = async () => {
    const taken: string[] = [];
    for (const address of [first, second, third]) taken.push(await takenFor({ address }));
    return taken;
  };
  {
    await using trunks = await connected();
    await trunks.put(carrier);
    expect(await takenForAll()).toEqual([endpoint, endpoint, "loopback"]);
  }
  await asterisk.stop();
  await asterisk.start();
  await addNumbers();
  expect(await takenForAll()).toEqual([endpoint, endpoint, "loopback"]);
  await using trunks = await connected();
  names.set("sip.carrier.example", [third]);
  await trunks.put(carrier);
  expect(await takenForAll()).toEqual(["loopback", "loopback", endpoint]);
  names.delete("sip.carrier.example");
  await expect(trunks.put(carrier)).rejects.toMatchObject({ fault: "unavailable" });
  expect(await takenForAll()).toEqual(["loopback", "loopback", endpoint]);
});

test("Asterisk registers where it is told to, with a new password at once, after a restart too, and no more when it is not", async () => {
  let account = { user: "anna", password: "secret-1" };
  await using server = await startCarrier({ address: nextAddress(), credentials: () => account });
  const carrier = aCarrier(server, { ...ANNA, register: true });
  {
    await using trunks = await connected();
    await trunks.put({ ...carrier, register: false });
    await trunks.put(carrier);
    await eventually("the registration", () => server.contacts.length === 1);
    const registered = server.registrations.length;
    await trunks.put(carrier);
    await trunks.put({ ...carrier, from_user: "anna" });
    expect(server.registrations.length).toBe(registered);

    account = { user: "anna", password: "secret-2" };
    await trunks.put({ ...carrier, password: "secret-3" });
    await eventually("a refusal", () => server.registrations.at(-1) === 403);
    await trunks.put({ ...carrier, password: "secret-2" });
    await eventually("the registration", () => server.registrations.at(-1) === 200);
  }
  await asterisk.stop();
  const before = server.registrations.length;
  await asterisk.start();
  await addNumbers();
  await eventually("the registration", () => server.registrations.length > before);
  expect(server.registrations.at(-1)).toBe(200);
  const latest = server.contacts.at(-1) ?? "";
  await using trunks = await connected();
  await trunks.put({ ...carrier, password: "secret-2", register: false });
  await eventually("no registration", () => !server.contacts.includes(latest));
});

test("a call to what was registered is the trunk's, wherever it comes from", async () => {
  const account = { user: "anna", password: "secret-1" };
  await using server = await startCarrier({ address: nextAddress(), credentials: () => account });
  await using trunks = await connected();
  const carrier = aCarrier(server, { ...ANNA, register: true });
  await trunks.put(carrier);
  const contact = await eventually("the registration", () => server.contacts[0]);
  expect(contact).toMatch(/^sip:anna@.*;line=/);
  await using phone = await startPhone({ address: nextAddress(), server: { address: asterisk.address, port: 5060 } });
  const call = await phone.dial("", { target: contact });
  await call.answered();
  expect(await endpointOfOneChannel()).toBe(`trunk-${carrier.name}`);
  await call.hangup();
  await trunks.remove(carrier.name);
  await eventually("no registration", () => server.contacts.length === 0);
});

test("trunks and accounts know nothing of each other", async () => {
  await using trunks = await connected();
  const carrier = aCarrier({ address: nextAddress(), port: 5060 });
  await trunks.put(carrier);
  await trunks.accounts.put({ name: "2001", displayName: "", realm: "ringdown", digest: "0".repeat(32) });
  expect(await trunks.names()).toContain(carrier.name);
  expect(await trunks.names()).not.toContain("2001");
  const accounts = await trunks.accounts.names();
  expect(accounts).toContain("2001");
  expect(accounts.filter((name) => name.startsWith("trunk-"))).toEqual([]);
});

test("an Asterisk that is away is not waited for", async () => {
  const connection = connectionTo(asterisk);
  const trunks = asteriskTrunks({ connection, sipAddress: undefined, resolve });
  await expect(trunks.put(aCarrier({ address: "192.0.2.1", port: 5060 }))).rejects.toMatchObject({
    fault: "unavailable",
  });
  await expect(trunks.names()).rejects.toMatchObject({ fault: "unavailable" });
  await connection.close();
});
