import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startBaresip } from "../../support/baresip.ts";
import { eventually } from "../../support/eventually.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { nextAddress, SERVER_ADDRESS } from "../../support/loopback.ts";
import { tonePrompt } from "../../support/records.ts";
import { header } from "../../support/sip/message.ts";
import { runSipp, startSipp } from "../../support/sipp/run.ts";
import { readerScenario, registrationScenario, writerScenario } from "../../support/sipp/texts.ts";
import { PROVIDER_BODY, PROVIDER_KEY, startSmsProvider } from "../../support/sms-provider.ts";
import { aftermathOf, crash, durationOf } from "./support.ts";

/** One that never says what became of a text. */
const provider = await startSmsProvider(SERVER_ADDRESS, 8026);
afterAll(provider.close);
const lab = await startLab({
  environment: {
    ...{ RINGDOWN_SMS_GATEWAY: "http", RINGDOWN_SMS_HTTP_URL: provider.url, RINGDOWN_OUTBOUND_ALLOW: "+49" },
    RINGDOWN_SMS_HTTP_HEADERS: JSON.stringify({ "x-api-key": PROVIDER_KEY }),
    RINGDOWN_SMS_HTTP_BODY: PROVIDER_BODY,
  },
});

const runSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  reference_type: z.string(),
  reference_id: z.string().nullable(),
  variables: z.record(z.string(), z.string()),
});

const answerWith = (text: string, sync = true): FlowAction => ({
  type: "conversation_send",
  option: { conversation_id: "${voipbin.conversation.id}", text, sync },
});
const routeTexts = async (number: string, actions: readonly FlowAction[]) =>
  lab.api.post("/numbers", { number, message_flow_id: await lab.flow(actions) });
const runs = async () => runSchema.array().parse(await lab.api.list("/activeflows"));
const messages = async (conversation: string) =>
  (await lab.api.list(`/conversations/${conversation}/messages`)).map(({ direction, text, status }) => ({
    direction,
    text,
    status,
  }));
const accountOf = async (extension: string) => {
  const { password } = await lab.api.post("/extensions", { extension, name: "Desk" });
  return { user: extension, password: String(password) };
};
const softphone = async (extension: string) => {
  const phone = await lab.phone({ credentials: await accountOf(extension) });
  await phone.register();
  return phone;
};

const PASSED = { passed: true };
const partyVariables = (party: "self" | "peer", address: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(address).map(([field, value]) => [`voipbin.conversation.${party}.${field}`, value] as const),
  );

test("a text starts the flow of its number, which answers the one who wrote; what follows is the same conversation", async () => {
  await routeTexts("4711", [answerWith("you said: ${voipbin.conversation_message.text}")]);
  const phone = await softphone("2201");
  expect(await phone.text("4711", "Grüße, 😀\nzwei")).toBe(202);
  expect((await eventually("the answer", () => phone.texts[0])).body).toBe("you said: Grüße, 😀\nzwei");
  expect(await phone.text("4711", "again")).toBe(202);
  expect((await eventually("the second answer", () => phone.texts[1])).body).toBe("you said: again");
  const found = (await lab.api.list("/conversations")).filter(({ dialog_id }) =>
    String(dialog_id).startsWith("tel:4711"),
  );
  expect(found).toMatchObject([
    { type: "message", self: { type: "tel", target: "4711" }, peer: { type: "extension", target_name: "2201" } },
  ]);
  const id = String(found[0]?.id);
  await eventually("both answers", async () =>
    (await messages(id)).every(({ status }) => status === "done") ? true : undefined,
  );
  expect((await messages(id)).map(({ direction, text }) => [direction, text]).toReversed()).toEqual([
    ["incoming", "Grüße, 😀\nzwei"],
    ["outgoing", "you said: Grüße, 😀\nzwei"],
    ["incoming", "again"],
    ["outgoing", "you said: again"],
  ]);
  const run = (await runs()).find(({ variables }) => variables["voipbin.conversation_message.text"] === "again");
  expect(run).toMatchObject({ reference_type: "conversation", reference_id: id });
  expect(run?.variables).toMatchObject({
    "voipbin.conversation.id": id,
    "voipbin.conversation.self.type": "tel",
    "voipbin.conversation.self.target": "4711",
    "voipbin.conversation.peer.type": "extension",
    "voipbin.conversation.peer.target_name": "2201",
    "voipbin.conversation_message.direction": "incoming",
    "voipbin.activeflow.reference_type": "conversation",
    "voipbin.activeflow.reference_id": id,
  });
});

test("who has no account is answered where they are; actions of a call are skipped", async () => {
  await routeTexts("4712", [{ type: "answer" }, answerWith("hello ${voipbin.conversation.peer.target}", false)]);
  const phone = await lab.phone({ user: "anna" });
  expect(await phone.text("4712", "hi")).toBe(202);
  const { body } = await eventually("the answer", () => phone.texts[0]);
  expect(body).toBe(`hello anna@${phone.address}`);
});

test("a text to an extension starts the flow of the extension; who writes there is answered by it", async () => {
  const phone = await softphone("2206");
  const flow = await lab.flow([answerWith("desk here, ${voipbin.conversation.peer.target_name}")]);
  await lab.api.post("/extensions", { extension: "2207", message_flow_id: flow });
  expect(await phone.text("2207", "hi")).toBe(202);
  const answer = await eventually("the answer", () => phone.texts[0]);
  expect(answer.body).toBe("desk here, 2206");
  expect(header(answer, "From")).toContain("sip:2207@");
});

const extensionOf = (target_name: string) => ({ type: "extension", target_name });

test.each<[who: string, kind: "number" | "extension", dialled: string, user?: string]>([
  ["a stranger", "number", "4720"],
  ["an extension", "number", "4721", "2208"],
  ["a stranger", "extension", "2209"],
  ["an extension", "extension", "2210", "2211"],
])("SIPp as %s writes to the %s %s, and reads the answer of its flow", async (_who, kind, dialled, user) => {
  const message_flow_id = await lab.flow([answerWith("${voipbin.conversation_message.text}, too")]);
  await lab.api.post(`/${kind}s`, { [kind]: dialled, message_flow_id });
  const address = nextAddress();
  const account = user === undefined ? undefined : await accountOf(user);
  const sipp = { address, server: { address: lab.asterisk.address, port: 5060 }, number: dialled };
  if (account) expect(await runSipp({ ...sipp, scenario: registrationScenario(account) })).toMatchObject(PASSED);
  await using reader = await startSipp({ scenario: readerScenario, address });
  const text = `Grüße, 😀\r\nan ${dialled}`;
  expect(await runSipp({ ...sipp, port: 5061, scenario: writerScenario(text, account) })).toMatchObject(PASSED);
  const read = await reader.ended();
  expect(read).toMatchObject(PASSED);
  expect(read.messages).toContain(`\r\n\r\n${text}, too`);
  expect(read.messages).toMatch(new RegExp(`^From: .*<sip:${dialled}@${lab.asterisk.address}>`, "m"));
  const run = await eventually("the end of the run", async () =>
    (await runs()).find(
      ({ status, variables }) => status === "ended" && variables["voipbin.conversation_message.text"] === text,
    ),
  );
  expect(run.variables).toMatchObject({
    ...partyVariables("self", kind === "number" ? { type: "tel", target: dialled } : extensionOf(dialled)),
    ...partyVariables("peer", user === undefined ? { type: "sip", target: `sipp@${address}` } : extensionOf(user)),
    "voipbin.conversation_message.direction": "incoming",
    "voipbin.activeflow.reference_type": "conversation",
  });
  const id = String(run.variables["voipbin.conversation.id"]);
  expect((await messages(id)).toReversed()).toEqual([
    { direction: "incoming", text, status: "done" },
    { direction: "outgoing", text: `${text}, too`, status: "done" },
  ]);
});

test("baresip registers, writes to an extension, and reads the answer of its flow", async () => {
  const message_flow_id = await lab.flow([answerWith("${voipbin.conversation_message.text}, too")]);
  await lab.api.post("/extensions", { extension: "2212", message_flow_id });
  const [credentials, server] = [await accountOf("2213"), { address: lab.asterisk.address, port: 5060 }];
  await using baresip = await startBaresip({ address: nextAddress(), server, credentials, contact: "2212" });
  await eventually("that it is registered", async () =>
    JSON.stringify(await lab.asterisk.ari("GET", "/endpoints/PJSIP/2213")).includes('"online"'),
  );
  baresip.write("Grüße, 😀");
  expect(await eventually("the answer", () => baresip.texts[0])).toBe("Grüße, 😀, too");
});

test("a text is no call, and one to a number that nobody has starts nothing", async () => {
  const number = await lab.route([tonePrompt(lab, 440)]);
  const phone = await lab.phone({ user: "anna" });
  const before = { calls: (await lab.api.list("/calls")).length, runs: (await runs()).length };
  expect(await phone.text(number, "no flow for texts here")).toBe(202);
  expect(await phone.text("nobody", "no number")).toBe(202);
  await eventually("the stored text", async () =>
    (await lab.api.list("/messages")).find(({ text }) => text === "no flow for texts here"),
  );
  expect({ calls: (await lab.api.list("/calls")).length, runs: (await runs()).length }).toEqual(before);
});

test("a call writes to a conversation that the API made; sync waits for the result, and a failure is told", async () => {
  const phone = await softphone("2203");
  const self = { type: "tel", target: "+4930123456", name: "Shop" };
  const made = await lab.api.post("/conversations", { self, peer: { type: "extension", target_name: "2203" } });
  const away = await lab.api.post("/extensions", { extension: "2204" });
  const deaf = await lab.api.post("/conversations", { self, peer: { type: "extension", target: away.id } });
  const send = (conversation_id: string) => ({
    type: "conversation_send",
    option: { conversation_id, text: "your call", sync: true },
  });
  const unknown = "b5ef5e64-f7ca-11ec-bbe9-9f74186a2a72";
  const call = await lab.call([send(made.id), send(deaf.id), send(unknown), tonePrompt(lab, 440)]);
  await call.ended();
  expect((await eventually("the text", () => phone.texts[0])).body).toBe("your call");
  const aftermath = await aftermathOf(lab, call.number);
  expect(aftermath.facts("action_failed")).toMatchObject([
    { action: "conversation_send", message: "no phone is registered there", remedy: expect.stringContaining("phone") },
    { action: "conversation_send", message: expect.stringContaining(`you have no conversation ${unknown}`) },
  ]);
  // By SIP nobody tells that it has arrived, so nobody waits for that.
  expect(durationOf(aftermath, "conversation_send")).toBeLessThan(10_000);
  expect(await messages(deaf.id)).toMatchObject([{ direction: "outgoing", status: "failed" }]);
  await lab.api.post(`/conversations/${made.id}/messages`, { text: "by the API" });
  expect((await eventually("the second text", () => phone.texts[1])).body).toBe("by the API");
});

test("sync waits for no report of a gateway that gives none", async () => {
  const [self, peer] = ["+4930100000", "+4930100001"].map((target) => ({ type: "tel", target }));
  const { id } = await lab.api.post("/conversations", { self, peer });
  const option = { conversation_id: id, text: "your call", sync: true };
  const call = await lab.call([{ type: "conversation_send", option }, tonePrompt(lab, 440)]);
  await call.ended();
  expect(provider.accepted).toMatchObject([{ recipient: "+4930100001", content: "your call" }]);
  const aftermath = await aftermathOf(lab, call.number);
  expect(aftermath.facts("action_failed")).toEqual([]);
  expect(durationOf(aftermath, "conversation_send")).toBeLessThan(10_000);
  expect(await lab.api.list(`/conversations/${id}/messages`)).toMatchObject([
    { targets: [{ status: "sent", awaits_report: false }] },
  ]);
});

test("what is written while Ringdown is dead is answered when it is back, once", async () => {
  await routeTexts("4715", [answerWith("late: ${voipbin.conversation_message.text}")]);
  const phone = await softphone("2205");
  await lab.ringdown.kill();
  expect(await phone.text("4715", "one")).toBe(202);
  expect(await phone.text("4715", "two")).toBe(202);
  await lab.ringdown.start();
  await eventually("both answers", () => phone.texts.length >= 2);
  // Before that is stored, a crash would have the next process send them again.
  await eventually("that they are known to be sent", async () =>
    (await lab.api.list("/messages")).every(({ status }) => status !== "progressing"),
  );
  await crash(lab);
  expect(await phone.text("4715", "three")).toBe(202);
  await eventually("the third answer", () => phone.texts.some(({ body }) => body === "late: three"));
  expect(phone.texts.map(({ body }) => body)).toEqual(["late: one", "late: two", "late: three"]);
});

const sip = (number: string) => ({ type: "sip", target: `${number}@${lab.asterisk.address}` });
const textSchema = z.looseObject({
  activeflow_id: z.string().nullable(),
  direction: z.string(),
  text: z.string(),
  status: z.string(),
  targets: z.array(z.looseObject({ error: z.string().nullable() })),
});

test("two numbers that answer each other do so ten times, and the last is told why", async () => {
  for (const [number, other] of [
    ["4716", "4717"],
    ["4717", "4716"],
  ] as const) {
    const option = { destinations: [sip(other)], text: "${voipbin.conversation_message.text}." };
    await routeTexts(number, [{ type: "message_send", option }]);
  }
  await lab.api.post("/messages", { destinations: [sip("4716")], text: "ping" });
  const pings = async () =>
    textSchema
      .array()
      .parse(await lab.api.list("/messages"))
      .filter(({ text, direction }) => direction === "outbound" && text.startsWith("ping"))
      .toSorted((a, b) => a.text.length - b.text.length);
  await eventually("the end of the loop", async () => (await pings()).at(-1)?.status === "failed");
  const sent = await pings();
  expect(sent.map(({ status }) => status)).toEqual([...Array(11).fill("done"), "failed"]);
  const refused = sent.at(-1);
  const why = expect.stringMatching(/^10 texts and calls, each out of the one before, led to this one: /);
  expect(refused?.targets).toMatchObject([{ error: why }]);
  const timeline = await lab.api.get(`/activeflows/${refused?.activeflow_id}/timeline`);
  expect(JSON.stringify(timeline)).toContain('"message_failed"');
  const run = (await runs()).find(({ id }) => id === refused?.activeflow_id);
  expect(run?.variables).toMatchObject({ "voipbin.conversation_message.hops": "10" });
});

test("a text that makes a call that makes a text goes round five times, and the last run is told why", async () => {
  const [texts, calls] = ["4718", "4719"];
  const call = { destinations: [sip(calls)], actions: [{ type: "sleep", option: { duration: 10_000 } }] };
  await routeTexts(texts, [{ type: "call", option: call }]);
  const write = { destinations: [sip(texts)], text: "round and round" };
  const call_flow_id = await lab.flow([{ type: "answer" }, { type: "message_send", option: write }]);
  await lab.api.post("/numbers", { number: calls, call_flow_id });
  await lab.api.post("/messages", write);
  const started = async () =>
    (await runs()).filter(({ variables }) => variables["voipbin.conversation_message.text"] === write.text);
  const last = await eventually("the end of the loop", async () =>
    (await started()).find(
      ({ status, variables }) => status === "ended" && variables["voipbin.conversation_message.hops"] === "10",
    ),
  );
  const hops = (await started()).map(({ variables }) => Number(variables["voipbin.conversation_message.hops"]));
  expect(hops.toSorted((a, b) => a - b)).toEqual([0, 2, 4, 6, 8, 10]);
  const timeline = JSON.stringify(await lab.api.get(`/activeflows/${last.id}/timeline`));
  expect(timeline).toContain("too many calls and texts of ours led to this one");
});
