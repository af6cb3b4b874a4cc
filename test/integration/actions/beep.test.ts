import { expect, test } from "vitest";
import { type Call, tonesHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import { crash, prompt, stored } from "./support.ts";

const lab = await startLab();

/** How much was heard that is neither a tone of ours nor silence. */
const beepsMs = (call: Call): number =>
  call.blocks().reduce((total, { heard, durationMs }) => (heard === "other" ? total + durationMs : total), 0);

test("beep is heard as early media, and does not answer the call", async () => {
  const call = await lab.call([{ type: "beep" }]);
  const end = await call.ended();
  expect(call.statuses()).toContain(183);
  expect(call.statuses().at(-1)).toBe(603);
  expect(end.by).toBe("refused");
  expect(call.blocks().some(({ heard }) => heard !== "silence")).toBe(true);
});

test("beep waits for its end between two prompts", async () => {
  const call = await lab.call([{ type: "answer" }, prompt(lab, 440), { type: "beep" }, prompt(lab, 620)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620]);
  const [first, second] = call.tones();
  const isBetween = (atMs: number): boolean => atMs > (first?.startMs ?? 0) && atMs < (second?.startMs ?? 0);
  const beep = call.blocks().filter(({ heard, atMs }) => heard === "other" && isBetween(atMs));
  expect(beep.length).toBeGreaterThan(5);
});

test("killed while it beeps, it beeps once, and the next prompt follows", async () => {
  const flow = [{ type: "answer" }, { type: "beep" }, prompt(lab, 440)];
  const undisturbed = await lab.call(flow);
  await undisturbed.ended();
  const call = await lab.call(flow);
  await eventually("the beep", () => beepsMs(call) > 0);
  await stored(lab, call.number, "action_started", 2);
  await crash(lab);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  expect(beepsMs(call)).toBeLessThan(1.5 * beepsMs(undisturbed));
});

test("beep takes no option", async () => {
  const flow = { name: "bad", actions: [{ type: "beep", option: { count: 2 } }] };
  expect(await lab.api.request("POST", "/flows", flow)).toMatchObject({ status: 400 });
});
