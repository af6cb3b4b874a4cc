import { pino } from "pino";
import { expect, test } from "vitest";
import { asteriskTextMessages } from "../../src/asterisk/text-messages.ts";
import type { Address } from "../../src/model/address.ts";
import { sip } from "../support/addresses.ts";
import { eventually } from "../support/eventually.ts";
import { header } from "../support/sip/message.ts";
import { asteriskCalls, signal } from "./asterisk-calls.ts";

const { parts, phone } = asteriskCalls();

/** What a phone reads in a text from us, who are there. */
async function fromIn(source: Address, sipAddress: string | undefined): Promise<string | undefined> {
  const bob = await phone({ user: "bob" });
  const texts = asteriskTextMessages({ ...parts(), sipAddress, log: pino({ level: "silent" }) });
  await texts.send({ kind: "sip", uri: sip(bob).target }, { source, text: "hi", hops: 0 }, signal);
  return header(await eventually("the text", () => bob.texts[0]), "From");
}

test.each([
  ["where we are told where answers find us, there", "192.0.2.1", '"Shop" <sip:4711@192.0.2.1>'],
  ["else where Asterisk is for whoever gets it", undefined, "sip:4711@127."],
])("a text is from its source: %s", async (_, sipAddress, from) => {
  expect(await fromIn({ type: "tel", target: "4711", name: "Shop" }, sipAddress)).toContain(from);
});

test.each([
  ["192.0.2.1", '"Shop" <sip:ringdown@192.0.2.1>'],
  [undefined, "sip:ringdown@127."],
])("a text of one who has no number is ours, when we are at %s", async (sipAddress, from) => {
  expect(await fromIn({ type: "tel", target: "", name: "Shop" }, sipAddress)).toContain(from);
});
