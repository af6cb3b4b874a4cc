import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "ringdown-script-"));
afterAll(() => rmSync(folder, { recursive: true }));

const simulate = (actions: readonly object[], script: unknown) => {
  const file = join(folder, "script.json");
  writeFileSync(file, JSON.stringify(script));
  return type(["flow", "simulate", "-", "--script", file], { input: JSON.stringify(actions) });
};
const say = (text: string) => ({ type: "talk", option: { text } });

test("a script decides the time, who calls, and what is known", async () => {
  const { out } = await simulate(
    [
      { type: "condition_datetime", option: { condition: "==", hour: 9, false_target_id: "no" } },
      say("Nine, ${voipbin.call.source.target}, ${customer}."),
      { id: "no", type: "stop" },
    ],
    { at: "2026-01-05T09:30:00Z", source: "sip:ann@example.com", variables: { customer: "Ann" } },
  );
  expect(out).toContain('hears "Nine, sip:ann@example.com, Ann."');
});

test("a key during a prompt that heeds keys ends it, and counts afterwards", async () => {
  const { out } = await simulate(
    [
      { id: "menu", type: "talk", option: { text: "Menu.", digits_handle: "next" } },
      { type: "digits_receive", option: { length: 1, duration: 5000 } },
      say("You pressed ${voipbin.call.digits}."),
    ],
    { during: { menu: "7" } },
  );
  expect(out).toContain('hears "You pressed 7."');
  expect(out).not.toContain("caller waits");
});

test("a caller who hangs up ends the flow there", async () => {
  const { out } = await simulate([{ id: "a", ...say("One.") }, say("Two.")], { hangup_during: "a" });
  expect(out).toContain("caller hangs up");
  expect(out).toContain("the caller has hung up");
  expect(out).not.toContain("Two.");
});

test("a URL without audio is passed over, with the others still heard", async () => {
  const urls = ["https://example.com/a.wav", "https://example.com/b.wav"];
  const { out } = await simulate([{ type: "play", option: { stream_urls: urls } }], { unplayable: [urls[0]] });
  expect(out).toContain("no audio: not_found");
  expect(out).toContain(`hears ${urls[1]}`);
});

test("a wrong script is refused with the place", async () => {
  const { code, complaint } = await simulate([say("x")], { digit: ["1"], at: "soon" });
  expect(code).toBe(1);
  expect(complaint).toMatch(/at: .*2026-01-05T09:00:00Z/);
  expect(complaint).toMatch(/did you mean "digits"/);
});
