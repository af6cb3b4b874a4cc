import { createHash, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { asteriskAccounts } from "../../src/asterisk/accounts.ts";
import { dialOnce, HOPS_HEADER } from "../../src/asterisk/dial-once.ts";
import { telephonyEvent } from "../../src/asterisk/events.ts";
import { asteriskPhones } from "../../src/asterisk/phones.ts";
import { eventually } from "../support/eventually.ts";
import { asteriskCalls, signal } from "./asterisk-calls.ts";

const { parts, phone, asterisk, connection, dialIn, argumentsAfter } = asteriskCalls();
const phonesOf = (name: string) => asteriskPhones({ ...parts(), ids: { next: randomUUID } }).of(name, signal);

async function account(name: string): Promise<void> {
  const accounts = asteriskAccounts({ connection: connection(), sipAddress: asterisk().address });
  const digest = createHash("md5").update(`${name}:ringdown:some-password`).digest("hex");
  await accounts.put({ name, displayName: name, realm: "ringdown", digest });
}
const registered = async (user: string, seconds?: number) => {
  const plugged = await phone({ credentials: { user, password: "some-password" } });
  expect(await plugged.register(seconds)).toBe(200);
  return plugged;
};

test("all phones of an account are found, and each can be rung and answered by its URI", async () => {
  await account("4001");
  expect(await phonesOf("4001")).toEqual([]);
  const both = [await registered("4001"), await registered("4001")];
  const uris = await phonesOf("4001");
  expect([...uris].sort()).toEqual(both.map(({ address, port }) => `sip:4001@${address}:${port}`).sort());

  const { clock, application } = parts();
  const { ari } = connection();
  for (const [index, uri] of uris.entries()) {
    const channel = { endpoint: `PJSIP/4001/${uri}`, app: application, appArgs: "outbound", channelId: `leg-${index}` };
    await dialOnce({ ari, clock }, channel, 30, signal);
  }
  for (const own of both) {
    const call = await own.rings();
    call.answer();
    await eventually("the call is up", async () => (await ari.channels.list()).some(({ state }) => state === "Up"));
  }
  expect(await ari.channels.list()).toHaveLength(2);
  for (const index of [0, 1]) await ari.channels.hangup({ channelId: `leg-${index}` });
});

test("a phone that unregisters, or whose registration expires, is found no more; nor is one of an unknown account", async () => {
  await account("4002");
  // Sixty seconds otherwise.
  const fields = [{ attribute: "minimum_expiration", value: "1" }];
  await connection().ari.asterisk.updateObject({ configClass: "res_pjsip", objectType: "aor", id: "4002", fields });
  const [leaving] = [await registered("4002"), await registered("4002", 1)];
  expect(await phonesOf("4002")).toHaveLength(2);
  expect(await leaving.register(0)).toBe(200);
  await eventually("nobody registered", async () => (await phonesOf("4002")).length === 0);
  expect(await phonesOf("nobody")).toEqual([]);
});

test("a channel that was made and not dialled is dialled; one that was is not again, though nobody has answered yet", async () => {
  const { clock, application } = parts();
  const { ari } = connection();
  const own = await phone();
  const endpoint = `PJSIP/loopback/sip:${own.user}@${own.address}:${own.port}`;
  const variables = { [`PJSIP_HEADER(add,${HOPS_HEADER})`]: "1" };
  const channel = { endpoint, app: application, appArgs: "outbound", channelId: "left", variables };
  await ari.channels.create(channel);
  await dialOnce({ ari, clock }, channel, 30, signal);
  const call = await own.rings();
  await dialOnce({ ari, clock }, channel, 30, signal);
  call.answer();
  await eventually("the call is up", async () => (await ari.channels.get({ channelId: "left" })).state === "Up");
  await dialOnce({ ari, clock }, channel, 30, signal);
  await expect(own.rings(0)).rejects.toThrow();
  expect(call.story.ending()).toBeUndefined();
  await ari.channels.hangup({ channelId: "left" });
});

test("a far end that sends sound before it answers is told apart from one that rings", async () => {
  const { clock, application } = parts();
  const { ari } = connection();
  const told = () => connection().events.flatMap((event) => telephonyEvent(event)?.type ?? []);
  for (const [index, how] of (["ring", "progress"] as const).entries()) {
    const own = await phone();
    const endpoint = `PJSIP/loopback/sip:${own.user}@${own.address}:${own.port}`;
    const channelId = `far-${index}`;
    await dialOnce({ ari, clock }, { endpoint, app: application, appArgs: "outbound", channelId }, 30, signal);
    const call = await own.rings();
    expect(told()).not.toContain("channel_progressed");
    call[how]();
    const expected = how === "ring" ? "channel_ringing" : "channel_progressed";
    await eventually(expected, () => told().includes(expected));
    await ari.channels.hangup({ channelId });
  }
});

test("how many Ringdowns a call has been through is handed over by the dialplan, only digits of it", async () => {
  const heard = async (options?: Parameters<typeof dialIn>[0]) => (await dialIn(options)).arguments.slice(0, 2);
  expect(await heard()).toEqual(["inbound", ""]);
  expect(await heard({ headers: [["Ringdown-Hops", "7"]] })).toEqual(["inbound", "7"]);
  expect(await heard({ headers: [["Ringdown-Hops", '3,x","(']] })).toEqual(["inbound", "3"]);
});

test("a call that we make tells it too", async () => {
  const { clock, application } = parts();
  const { ari } = connection();
  const channel = {
    endpoint: `PJSIP/loopback/sip:555@${asterisk().address}:5060`,
    app: application,
    appArgs: "outbound",
    channelId: "looping",
    variables: { "PJSIP_HEADER(add,Ringdown-Hops)": "1" },
  };
  const told = await argumentsAfter(() => dialOnce({ ari, clock }, channel, 30, signal));
  expect(told.slice(0, 2)).toEqual(["inbound", "1"]);
  await ari.channels.hangup({ channelId: "looping" });
});
