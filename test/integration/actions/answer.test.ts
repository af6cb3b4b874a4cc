import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, crash, longPrompt, prompt, stored } from "./support.ts";

const lab = await startLab();

test("answer ends the early media, and what follows is heard in the call", async () => {
  const call = await lab.call([prompt(lab, 440), { type: "answer" }, prompt(lab, 620)]);
  expect(await call.heard(440)).toMatchObject({ early: true });
  expect(await call.heard(620)).toMatchObject({ early: false });
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(call.statuses().at(-1)).toBe(200);
  const { record, facts } = await aftermathOf(lab, call.number);
  expect(record).toMatchObject({ hangup_by: "local", tm_progressing: expect.any(String) });
  expect(facts("call_answered")).toHaveLength(1);
});

test("answer does nothing on a call that is answered, and the call's status is a variable", async () => {
  const call = await lab.call([
    { type: "condition_variable", option: { ...statusIs("ringing"), false_target_id: "wrong" } },
    { type: "answer" },
    { type: "answer" },
    { type: "condition_variable", option: { ...statusIs("progressing"), false_target_id: "wrong" } },
    { type: "answer" },
    { ...prompt(lab, 440), next_id: "end" },
    { ...prompt(lab, 620), id: "wrong" },
    { type: "stop", id: "end" },
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("call_answered")).toHaveLength(1);
  expect(facts("action_failed")).toEqual([]);
});

test("killed just after the answer, the flow goes on in the answered call", async () => {
  const call = await lab.call([{ type: "answer" }, prompt(lab, 440)]);
  await call.answered();
  await crash(lab);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  expect(call.statuses().filter((code) => code === 200)).toHaveLength(1);
});

test("killed while early media plays, the call is answered afterwards", async () => {
  const call = await lab.call([longPrompt(lab, 440, 2_000), { type: "answer" }, prompt(lab, 620)]);
  await call.heard(440);
  await stored(lab, call.number, "action_started");
  await crash(lab);
  expect(await call.heard(620)).toMatchObject({ early: false });
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("call_answered")).toHaveLength(1);
});

const statusIs = (status: string) => ({
  condition: "==",
  variable: "voipbin.call.status",
  value_type: "string",
  value_string: status,
});
