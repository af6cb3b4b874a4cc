import { expect, test } from "vitest";
import digitsReceive from "../../src/actions/digits_receive.ts";
import { next } from "../../src/flow/outcome.ts";
import { createStep, watch } from "../support/step.ts";

const DIGITS = "voipbin.call.digits";
const begin = async (option: Record<string, unknown>, digits = "") => {
  const step = createStep(digitsReceive, option, { variables: { [DIGITS]: digits } });
  const seen = watch(step.run());
  await step.passTo(0);
  return { step, seen };
};

test.each([
  [{}, "", "1", "1"],
  [{ length: 3 }, "", "123", "123"],
  [{ length: 3 }, "12", "3", "123"],
  [{ length: 3, key: "#" }, "", "1#", "1#"],
  [{ key: "#*" }, "", "12345*", "12345*"],
  [{ key: "#", length: 0 }, "", "12345#", "12345#"],
])("with %j, %j in the buffer and %j pressed, it ends with %j", async (option, before, pressed, digits) => {
  const { step, seen } = await begin(option, before);
  await step.press(pressed.slice(0, -1));
  expect(seen.value).toBeUndefined();
  await step.press(pressed.slice(-1));
  expect(seen.value).toEqual(next);
  expect(step.variables.get(DIGITS)).toBe(digits);
});

test.each([
  [{}, "7"],
  [{ length: 2 }, "77"],
  [{ length: 5, key: "#" }, "1#"],
])("with %j and %j typed ahead, it does not wait", async (option, digits) => {
  expect((await begin(option, digits)).seen.value).toEqual(next);
});

test.each([
  [{}, 5000],
  [{ duration: 1200, length: 2 }, 1200],
  [{ duration: 0 }, 0],
])("with %j it ends after %i ms, whatever has come", async (option, endMs) => {
  const { step, seen } = await begin(option);
  if (endMs > 0) {
    await step.passTo(endMs - 1);
    expect(seen.value).toBeUndefined();
  }
  await step.passTo(endMs);
  expect(seen.value).toEqual(next);
});

test("duration counts from the start, not from the last digit", async () => {
  const { step, seen } = await begin({ duration: 1000, length: 3 });
  await step.passTo(900);
  await step.press("1");
  await step.passTo(1000);
  expect(seen.value).toEqual(next);
  expect(step.variables.get(DIGITS)).toBe("1");
});

test("a length of 0 without a key waits for the whole duration", async () => {
  const { step, seen } = await begin({ length: 0, duration: 1000 });
  await step.press("12345");
  expect(seen.value).toBeUndefined();
  await step.passTo(1000);
  expect(seen.value).toEqual(next);
});

test("flush forgets what was typed ahead, once", async () => {
  const { step, seen } = await begin({ flush: true, length: 2 }, "99");
  expect(seen.value).toBeUndefined();
  await step.press("1");
  const again = watch(step.run());
  await step.press("2");
  expect(again.value).toEqual(next);
  expect(step.variables.get(DIGITS)).toBe("12");
});

test("first_timeout ends the wait when no digit comes", async () => {
  const { step, seen } = await begin({ first_timeout: 300, length: 3 });
  await step.passTo(300);
  expect(seen.value).toEqual(next);
});

test("after the first digit, first_timeout is over", async () => {
  const { step, seen } = await begin({ first_timeout: 300, length: 3 });
  await step.press("1");
  await step.passTo(4999);
  expect(seen.value).toBeUndefined();
});

test("inter_digit_timeout counts from the last digit", async () => {
  const { step, seen } = await begin({ inter_digit_timeout: 500, length: 5 });
  await step.passTo(1000);
  await step.press("1");
  await step.passTo(1400);
  await step.press("2");
  await step.passTo(1899);
  expect(seen.value).toBeUndefined();
  await step.passTo(1900);
  expect(seen.value).toEqual(next);
});

test("a wait that begins again is no longer, and digits pressed meanwhile count", async () => {
  const { step } = await begin({ duration: 1000, length: 2 });
  await step.press("1");
  await step.passTo(600);
  const again = watch(step.run());
  await step.passTo(999);
  expect(again.value).toBeUndefined();
  await step.press("2");
  expect(again.value).toEqual(next);
});

test("a hangup ends it", async () => {
  const step = createStep(digitsReceive, {});
  const running = step.run();
  await step.passTo(1);
  step.hangUp();
  await expect(running).rejects.toThrow("hangup");
});

test.each([
  [{ duration: -1 }],
  [{ duration: "5000" }],
  [{ length: -1 }],
  [{ length: 1.5 }],
  [{ key: "x" }],
  [{ key: 1 }],
  [{ flush: "yes" }],
  [{ first_timeout: 0 }],
  [{ inter_digit_timeout: -1 }],
  [{ lenght: 1 }],
])("refuses %j", async (option) => {
  await expect(createStep(digitsReceive, option).run()).rejects.toThrow("option");
});
