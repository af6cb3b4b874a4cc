import { pino } from "pino";
import { expect, test } from "vitest";
import { asteriskTextMessages } from "../../src/asterisk/text-messages.ts";
import { sip } from "../support/addresses.ts";
import { eventually } from "../support/eventually.ts";
import { header } from "../support/sip/message.ts";
import { asteriskCalls, signal } from "./asterisk-calls.ts";

const { parts, phone } = asteriskCalls();

test.each([
  ["where we are told where answers find us, there", "192.0.2.1", '"Shop" <sip:4711@192.0.2.1>'],
  ["else where Asterisk is for whoever gets it", undefined, "sip:4711@127."],
])("a text is from its source: %s", async (_, sipAddress, from) => {
  const bob = await phone({ user: "bob" });
  const texts = asteriskTextMessages({ ...parts(), sipAddress, log: pino({ level: "silent" }) });
  const source = { type: "tel", target: "4711", target_name: "", name: "Shop", detail: "" } as const;
  await texts.send({ kind: "sip", uri: sip(bob).target }, { source, text: "hi", hops: 0 }, signal);
  const text = await eventually("the text", () => bob.texts[0]);
  expect(header(text, "From")).toContain(from);
});
