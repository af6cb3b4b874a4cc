import { expect, test } from "vitest";
import { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { nextAddress } from "../../support/loopback.ts";
import { tonePrompt } from "../../support/records.ts";
import { header } from "../../support/sip/message.ts";
import { startSipp } from "../../support/sipp/run.ts";
import { readerScenario } from "../../support/sipp/texts.ts";
import { aftermathOf } from "./support.ts";

const lab = await startLab();

const messageSchema = z.looseObject({
  status: z.string(),
  targets: z.array(z.looseObject({ status: z.string(), error: z.string().nullable() })),
});

const send = (destinations: readonly object[], text: string): FlowAction => ({
  type: "message_send",
  option: { source: { type: "tel", target: "+821100000001", name: "Shop" }, destinations, text },
});
const softphone = async (extension: string) => {
  const { password } = await lab.api.post("/extensions", { extension });
  const credentials = { user: extension, password: String(password) };
  return { credentials, phone: await lab.phone({ credentials }) };
};
const messageOf = async (id: unknown) => messageSchema.parse(await lab.api.get(`/messages/${String(id)}`));
const settled = (id: unknown) =>
  eventually("what became of the message", async () => {
    const message = await messageOf(id);
    return message.status === "progressing" ? undefined : message;
  });

test("a call writes to a SIP address and to all phones of an extension, and goes on at once", async () => {
  const anna = await lab.phone({ user: "anna" });
  const { credentials, phone: desk } = await softphone("2101");
  const mobile = await lab.phone({ credentials });
  expect([await desk.register(), await mobile.register()]).toEqual([200, 200]);
  const destinations = [
    { type: "sip", target: `sip:anna@${anna.address}:${anna.port}` },
    { type: "extension", target_name: "2101" },
  ];
  const call = await lab.call([
    send(destinations, "Grüße, ${voipbin.call.source.target} 😀\nbye"),
    tonePrompt(lab, 440),
  ]);
  await call.ended();
  for (const phone of [anna, desk, mobile]) {
    const text = await eventually("the text", () => phone.texts[0]);
    expect(text.body).toBe("Grüße, caller 😀\nbye");
    expect(header(text, "From")).toContain(`"Shop" <sip:+821100000001@${lab.asterisk.address}>`);
    expect(header(text, "Content-Type")).toMatch(/^text\/plain/);
  }
  const [note] = (await aftermathOf(lab, call.number)).facts("note");
  expect(await settled(note?.message_id)).toMatchObject({
    status: "done",
    targets: [{ status: "sent" }, { status: "sent" }],
  });
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("message_sent")).toHaveLength(2);
});

test("SIPp reads what a call writes", async () => {
  const address = nextAddress();
  await using reader = await startSipp({ scenario: readerScenario, address });
  const call = await lab.call([
    send([{ type: "sip", target: `sip:anna@${address}` }], "Grüße,\n😀 ${voipbin.call.id}"),
  ]);
  const { passed, messages } = await reader.ended();
  expect(passed).toBe(true);
  await call.ended();
  const { record, facts } = await aftermathOf(lab, call.number);
  expect(messages).toMatch(/^MESSAGE sip:anna@/m);
  expect(messages).toContain(`From: "Shop" <sip:+821100000001@${lab.asterisk.address}>`);
  expect(messages).toMatch(/^Content-Type: text\/plain/m);
  expect(messages).toContain(`\r\n\r\nGrüße,\n😀 ${record.id}\n`);
  expect(await settled(facts("note")[0]?.message_id)).toMatchObject({ status: "done", targets: [{ status: "sent" }] });
});

test("what can't be written to is told on the timeline, and the others get it", async () => {
  const anna = await lab.phone({ user: "anna" });
  await softphone("2102");
  const destinations = [
    { type: "tel", target: "+4930123456" },
    { type: "extension", target_name: "2102" },
    { type: "extension", target_name: "nobody" },
    { type: "sip", target: `anna@${anna.address}:${anna.port}` },
  ];
  const call = await lab.call([send(destinations, "hello")]);
  await call.ended();
  expect((await eventually("the text", () => anna.texts[0])).body).toBe("hello");
  const [note] = (await aftermathOf(lab, call.number)).facts("note");
  const { targets } = await settled(note?.message_id);
  expect(targets.map(({ status }) => status)).toEqual(["failed", "failed", "failed", "sent"]);
  const failed = (await aftermathOf(lab, call.number)).facts("message_failed");
  expect(failed.map(({ reason }) => reason).toSorted()).toEqual([
    "no SMS gateway is configured: set RINGDOWN_SMS_GATEWAY (docs/messages.md)",
    "no phone is registered there",
    "you have no such extension",
  ]);
  for (const { remedy } of failed) expect(remedy).toMatch(/\w+ \w+/);
});

test("killed between storing and sending, it is sent by the next process", async () => {
  const anna = await lab.phone({ user: "anna" });
  await lab.asterisk.stop();
  const destinations = [{ type: "sip", target: `anna@${anna.address}:${anna.port}` }];
  const { id } = await lab.api.post("/messages", { destinations, text: "late" });
  await lab.ringdown.kill();
  expect(anna.texts).toEqual([]);
  await lab.asterisk.start();
  await lab.ringdown.start();
  expect((await eventually("the text", () => anna.texts[0], 30_000)).body).toBe("late");
  expect(await settled(id)).toMatchObject({ status: "done" });
});

test("a text of a thousand characters arrives whole", async () => {
  const anna = await lab.phone({ user: "anna" });
  const destinations = [{ type: "sip", target: `anna@${anna.address}:${anna.port}` }];
  await lab.api.post("/messages", { destinations, text: "x".repeat(1_000) });
  expect((await eventually("the text", () => anna.texts[0])).body).toHaveLength(1_000);
});
