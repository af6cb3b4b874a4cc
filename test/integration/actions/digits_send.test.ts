import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, crash, durationOf, prompt } from "./support.ts";

const lab = await startLab();
const send = (option: Readonly<Record<string, unknown>>) => ({ type: "digits_send", option });

test("digits_send sends every key there is, in order, and waits for the last", async () => {
  const digits = "0123456789*#ABCD";
  const call = await lab.call([{ type: "answer" }, send({ digits, duration: 100, interval: 100 }), prompt(lab, 440)]);
  await call.heard(440);
  expect(call.digits()).toBe(digits);
  await call.ended();
  const tookMs = durationOf(await aftermathOf(lab, call.number), "digits_send");
  expect(tookMs).toBeGreaterThanOrEqual(digits.length * 200 - 100);
});

test("the keys may come from a variable; bad ones are recorded as failed, and the flow goes on", async () => {
  const call = await lab.call([
    { type: "answer" },
    { type: "variable_set", option: { key: "pin", value: "42" } },
    send({ digits: "${pin}#", duration: 120, interval: 0 }),
    send({ digits: "${pin}x" }),
    prompt(lab, 440),
  ]);
  await call.heard(440);
  expect(call.digits()).toBe("42#");
  await call.ended();
  expect((await aftermathOf(lab, call.number)).facts("action_failed")).toMatchObject([{ action: "digits_send" }]);
});

test("killed while it sends, every key arrives once, and the flow goes on", async () => {
  const call = await lab.call([
    { type: "answer" },
    send({ digits: "1234567890", duration: 200, interval: 300 }),
    prompt(lab, 440),
  ]);
  await eventually("two keys", () => call.digits().length >= 2);
  await crash(lab);
  await call.heard(440);
  expect(call.digits()).toBe("1234567890");
  await call.ended();
});

test.each([
  {},
  { digits: "" },
  { digits: "12x" },
  { digits: "1".repeat(101) },
  { digits: "1", duration: 99 },
  { digits: "1", duration: 1_001 },
  { digits: "1", interval: -1 },
  { digits: "1", interval: 5_001 },
])("digits_send with %j is refused", async (option) => {
  const flow = { name: "bad", actions: [{ type: "digits_send", option }] };
  expect(await lab.api.request("POST", "/flows", flow)).toMatchObject({ status: 400 });
});
