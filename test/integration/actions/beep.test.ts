import { expect, test } from "vitest";
import { startLab } from "../../support/lab.ts";

const lab = await startLab();

test("beep is heard as early media, and does not answer the call", async () => {
  const call = await lab.call([{ type: "beep" }]);
  const end = await call.ended();
  expect(call.statuses()).toContain(183);
  expect(call.statuses().at(-1)).toBe(603);
  expect(end.by).toBe("refused");
  expect(call.blocks().some(({ heard }) => heard !== "silence")).toBe(true);
});
