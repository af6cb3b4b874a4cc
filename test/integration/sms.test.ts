/** Texts to and from telephone numbers by way of Twilio, as Twilio documents it. */
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { tonesHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, type Lab, startLab } from "../support/lab.ts";
import { SERVER_ADDRESS } from "../support/loopback.ts";
import { tonePrompt } from "../support/records.ts";
import { ACCOUNT_SID, AUTH_TOKEN, PUBLIC_URL, startTwilioServer } from "../support/twilio-server.ts";
import { aftermathOf, crash } from "./actions/support.ts";

const OURS = "+4930999999";
let running: Lab | undefined;
const twilio = await startTwilioServer(SERVER_ADDRESS, 8024, () => running?.api.base ?? "");
afterAll(twilio.close);
const lab = await startLab({
  environment: {
    RINGDOWN_SMS_GATEWAY: "twilio",
    RINGDOWN_TWILIO_ACCOUNT_SID: ACCOUNT_SID,
    RINGDOWN_TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    RINGDOWN_TWILIO_ENDPOINT: twilio.endpoint,
    RINGDOWN_PUBLIC_URL: PUBLIC_URL,
    RINGDOWN_OUTBOUND_ALLOW: "+49",
    RINGDOWN_SMS_FROM: OURS,
    RINGDOWN_SMS_REPORT_SECONDS: "5",
    RINGDOWN_MESSAGE_DEADLINE_MS: "3000",
  },
});
running = lab;

const messageSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  text: z.string(),
  direction: z.string(),
  conversation_id: z.string().nullable(),
  targets: z.array(
    z.looseObject({
      ...{ status: z.string(), error: z.string().nullable(), reference: z.string().nullable() },
      parts: z.number().nullable(),
    }),
  ),
});
const tel = (target: string) => ({ type: "tel", target });
const send = (destinations: readonly object[], text: string): FlowAction => ({
  type: "message_send",
  option: { destinations, text },
});
const messageOf = async (id: unknown) => messageSchema.parse(await lab.api.get(`/messages/${String(id)}`));
const targetOf = (id: unknown, status: string, withinMs = 10_000) =>
  eventually(
    `a target that is ${status}`,
    async () => (await messageOf(id)).targets.find((target) => target.status === status),
    withinMs,
  );
const toTwilio = (to: string) => twilio.messages.filter((message) => message.to === to);

test("a call sends an SMS, and what becomes of it is told on its timeline and by the API", async () => {
  const call = await lab.call([
    send([tel("+4930100001"), tel("+4930100002")], "From ${voipbin.call.source.target}"),
    tonePrompt(lab, 440),
  ]);
  await call.ended();
  const [first] = await eventually("the first SMS", () => [...toTwilio("+4930100001"), undefined].slice(0, 1));
  const [second] = await eventually("the second SMS", () => [...toTwilio("+4930100002"), undefined].slice(0, 1));
  if (!first || !second) throw new Error("nothing was sent");
  expect(first).toMatchObject({ from: OURS, body: "From caller" });
  const [note] = (await aftermathOf(lab, call.number)).facts("note");
  const id = note?.message_id;
  await eventually("both sent", async () =>
    (await messageOf(id)).targets.every(({ status }) => status === "sent") ? true : undefined,
  );
  const { targets, ...told } = await messageOf(id);
  expect(told).toMatchObject({ type: "sms", direction: "outbound" });
  expect(targets.map(({ reference, parts }) => [reference, parts])).toEqual([
    [first.sid, 1],
    [second.sid, 1],
  ]);
  expect((await twilio.report(first, "delivered")).status).toBe(200);
  expect((await twilio.report(second, "undelivered", { ErrorCode: "30003" })).status).toBe(200);
  // Late, and no news any more.
  expect((await twilio.report(first, "sent")).status).toBe(200);
  expect(await messageOf(id)).toMatchObject({
    status: "done",
    targets: [
      { status: "delivered", error: null },
      { status: "failed", error: "Twilio says undelivered, error 30003" },
    ],
  });
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("message_sent")).toHaveLength(2);
  expect(facts("message_delivered")).toHaveLength(1);
  expect(facts("message_failed")).toMatchObject([
    { provider: "Twilio", reason: "Twilio says undelivered, error 30003", remedy: expect.stringMatching(/\w+ \w+/) },
  ]);
});

/** A call that writes to this number, in a conversation of its own, and waits for what becomes of it; then a tone. */
async function writing(target: string) {
  const peer = tel(target);
  const { id: conversation_id } = await lab.api.post("/conversations", { self: tel(OURS), peer });
  const option = { conversation_id, text: "hello", sync: true };
  const call = await lab.call([{ type: "answer" }, { type: "conversation_send", option }, tonePrompt(lab, 440)]);
  const sms = await eventually("the SMS", () => toTwilio(target)[0]);
  const sent = async () => (await lab.api.list(`/conversations/${conversation_id}/messages`))[0];
  await eventually("that it is known to be sent", async () =>
    messageSchema.parse(await sent()).targets[0]?.status === "sent" ? true : undefined,
  );
  const factsOf = async (type: string) => (await aftermathOf(lab, call.number)).facts(type);
  return { call, sms, factsOf };
}

test("conversation_send with sync goes on when the text has arrived, and not before", async () => {
  const { call, sms, factsOf } = await writing("+4930110001");
  await call.quiet(500);
  expect(tonesHeard(call)).toEqual([]);
  await twilio.report(sms, "delivered");
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  expect(await factsOf("action_failed")).toEqual([]);
});

test("conversation_send with sync fails with the gateway, the cause and a remedy when the text does not arrive; the flow goes on", async () => {
  const { call, sms, factsOf } = await writing("+4930110002");
  await twilio.report(sms, "undelivered", { ErrorCode: "30003" });
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const remedy = expect.stringContaining("gateway's documentation");
  expect(await factsOf("action_failed")).toMatchObject([
    { action: "conversation_send", message: "Twilio says undelivered, error 30003", provider: "Twilio", remedy },
  ]);
});

test("conversation_send with sync waits no longer than is set for what Twilio never tells", async () => {
  const { call, factsOf } = await writing("+4930110003");
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const remedy = expect.stringContaining("RINGDOWN_MESSAGE_DEADLINE_MS");
  expect(await factsOf("action_failed")).toMatchObject([
    { action: "conversation_send", message: expect.stringContaining("has not said"), provider: "Twilio", remedy },
  ]);
});

test("an SMS that comes in starts the flow of its number, which answers; once, though it comes twice", async () => {
  const answer = {
    type: "conversation_send",
    option: {
      conversation_id: "${voipbin.conversation.id}",
      text: "${voipbin.conversation.peer.target} wrote ${voipbin.conversation_message.text}",
      sync: true,
    },
  };
  await lab.api.post("/numbers", { number: "+4930200000", message_flow_id: await lab.flow([answer]) });
  const sid = `SM${"5".repeat(32)}`;
  const reply = await twilio.write("+4930200001", "+4930200000", "Grüße 😀", sid);
  expect([reply.status, reply.headers.get("content-type"), await reply.text()]).toEqual([
    200,
    expect.stringContaining("text/xml"),
    "<Response></Response>",
  ]);
  expect((await twilio.write("+4930200001", "+4930200000", "Grüße 😀", sid)).status).toBe(200);
  await eventually("the answer", () => toTwilio("+4930200001").length > 0);
  expect((await twilio.write("+4930200001", "+4930200000", "bye")).status).toBe(200);
  await eventually("the second answer", () => toTwilio("+4930200001").length > 1);
  expect(toTwilio("+4930200001")).toMatchObject([
    { from: "+4930200000", body: "+4930200001 wrote Grüße 😀" },
    { from: "+4930200000", body: "+4930200001 wrote bye" },
  ]);
  const [conversation] = (await lab.api.list("/conversations")).filter(({ dialog_id }) =>
    String(dialog_id).includes("+4930200000"),
  );
  expect(conversation).toMatchObject({
    self: { type: "tel", target: "+4930200000" },
    peer: { type: "tel", target: "+4930200001" },
  });
  const texts = await lab.api.list(`/messages?conversation_id=${String(conversation?.id)}`);
  expect(messageSchema.array().parse(texts.toReversed())).toMatchObject([
    { type: "sms", direction: "inbound", targets: [{ status: "received", parts: 1 }] },
    { type: "sms", direction: "outbound" },
    { direction: "inbound" },
    { direction: "outbound" },
  ]);
  const written = await lab.api.list(`/conversations/${String(conversation?.id)}/messages`);
  expect(written.map(({ direction }) => direction).toReversed()).toEqual([
    "incoming",
    "outgoing",
    "incoming",
    "outgoing",
  ]);
});

test("an auto-responder that answers ours is answered no more when it does so too fast; others are", async () => {
  const option = { conversation_id: "${voipbin.conversation.id}", text: "out of office" };
  const flow = await lab.flow([{ type: "conversation_send", option }]);
  await lab.api.post("/numbers", { number: "+4930210000", message_flow_id: flow });
  const theirs = "+4930210001";
  for (let answered = 0; answered <= 20; answered += 1) {
    expect((await twilio.write(theirs, "+4930210000", "out of office too")).status).toBe(200);
  }
  const refused = await eventually("the refused one", async () =>
    messageSchema
      .array()
      .parse(await lab.api.list("/messages"))
      .find(({ status, targets }) => status === "failed" && /within a minute/.test(targets[0]?.error ?? "")),
  );
  expect(refused.text).toBe("out of office");
  await twilio.write("+4930210002", "+4930210000", "hello");
  await eventually("the answer to another", () => toTwilio("+4930210002").length === 1);
  await eventually("all that were sent", () => toTwilio(theirs).length >= 20);
  expect(toTwilio(theirs)).toHaveLength(20);
});

test("what Twilio has not signed is refused, and starts nothing", async () => {
  const forged = await twilio.write("+4930300001", "+4930200000", "let me in", undefined, "another token");
  expect(forged.status).toBe(403);
  const { message } = z.object({ error: z.looseObject({ message: z.string() }) }).parse(await forged.json()).error;
  expect(message).toContain("does not come from the SMS gateway");
  const unsigned = await fetch(`${lab.api.base}/v1.0/sms/status/x.0`, {
    method: "POST",
    body: "MessageStatus=delivered",
  });
  expect(unsigned.status).toBe(403);
  const messages = await lab.api.list("/messages");
  expect(messages.filter(({ text }) => text === "let me in")).toEqual([]);
});

test("a refusal, a number that may not be written to and one that is none are told with their cause; the call goes on", async () => {
  const call = await lab.call([
    send([tel("+4930400001"), tel("+4330400002"), tel("030")], "hello"),
    send([{ type: "email", target: "a@b.test" }], "hello"),
    tonePrompt(lab, 440),
  ]);
  await call.ended();
  const reasons = await eventually("all reasons", async () => {
    const failed = (await aftermathOf(lab, call.number)).facts("message_failed");
    return failed.length === 3 ? failed.map(({ reason }) => reason).toSorted() : undefined;
  });
  expect(reasons).toEqual([
    "RINGDOWN_OUTBOUND_ALLOW has no prefix of this number",
    "a message can't go to an address of type email: give tel, sip, extension",
    "a telephone number is written like +4930123456",
  ]);
  twilio.begin("refusal");
  const { id } = await lab.api.post("/messages", { destinations: [tel("+4930400003")], text: "hello" });
  const refused = await targetOf(id, "failed");
  twilio.begin(undefined);
  expect(refused.error).toBe("Twilio answered 400, error 21211: The 'To' number is not a valid phone number.");
});

test("too many at once: it is sent later, once", async () => {
  twilio.begin("busy");
  const before = twilio.posts();
  const { id } = await lab.api.post("/messages", { destinations: [tel("+4930500001")], text: "hello" });
  await eventually("two attempts", () => twilio.posts() >= before + 2, 15_000);
  expect((await messageOf(id)).targets).toMatchObject([{ status: "queued" }]);
  twilio.begin(undefined);
  await targetOf(id, "sent", 30_000);
  expect(toTwilio("+4930500001")).toHaveLength(1);
});

test("an answer that is lost, and a kill while Twilio is slow: Twilio is asked before it is sent again", async () => {
  twilio.begin("lost");
  const lost = await lab.api.post("/messages", { destinations: [tel("+4930600001")], text: "hello" });
  await eventually("the lost one", () => toTwilio("+4930600001").length === 1);
  twilio.begin("slowness");
  const killed = await lab.api.post("/messages", { destinations: [tel("+4930600002")], text: "hello" });
  await eventually("the slow one", () => toTwilio("+4930600002").length === 1);
  await lab.ringdown.kill();
  twilio.begin(undefined);
  await lab.ringdown.start();
  for (const [{ id }, to] of [
    [lost, "+4930600001"],
    [killed, "+4930600002"],
  ] as const) {
    const named = async () => (await messageOf(id)).targets.find(({ reference }) => reference !== null);
    const { reference } = await eventually("what Twilio calls it", named, 30_000);
    expect(toTwilio(to).map(({ sid }) => sid)).toEqual([reference]);
  }
});

test("nobody says what became of a text, also not while we are dead: dlr_timeout, until somebody does", async () => {
  const call = await lab.call([send([tel("+4930700001")], "hello")]);
  await call.ended();
  const [note] = (await aftermathOf(lab, call.number)).facts("note");
  await targetOf(note?.message_id, "sent");
  await crash(lab);
  expect(await targetOf(note?.message_id, "dlr_timeout", 15_000)).toMatchObject({
    error: "the gateway has not said what became of it",
  });
  const { facts } = await aftermathOf(lab, call.number);
  expect([facts("message_sent").length, facts("message_dlr_timeout").length]).toEqual([1, 1]);
  const [sms] = toTwilio("+4930700001");
  if (!sms) throw new Error("nothing was sent");
  expect((await twilio.report(sms, "delivered")).status).toBe(200);
  expect(await messageOf(note?.message_id)).toMatchObject({ status: "done", targets: [{ status: "delivered" }] });
});

test("no number and no text is ever in the log", () => {
  const { lines } = lab.ringdown.output;
  expect(lines.filter((line) => line.includes("message not sent")).length).toBeGreaterThan(0);
  expect(lines.filter((line) => /\+49|\+43|hello|Grüße|let me in/.test(line))).toEqual([]);
});
