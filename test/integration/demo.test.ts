import { test } from "vitest";
import { choirOf, hears, sing } from "../support/chords.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { words } from "./support/recorded.ts";

/** What the demo promises to who calls 1000. */
const lab = await startLab({ environment: { RINGDOWN_DEMO: "true" } });

test("who presses 3 meets whoever else does", async () => {
  const choir = choirOf(440, 620);
  const [first, second] = await Promise.all([lab.dial("1000"), lab.dial("1000")]);
  for (const call of [first, second]) {
    await call.answered();
    await call.press("3");
  }
  sing(first, choir, 440);
  sing(second, choir, 620);
  await Promise.all([hears(first, choir, [620]), hears(second, choir, [440])]);
  await Promise.all([first.hangup(), second.hangup()]);
});

test("who presses 4 hears what they said", async () => {
  const call = await lab.dial("1000");
  await call.answered();
  await call.press("4");
  const isAt = (status: string) => async () => Object((await lab.api.list("/recordings"))[0]).status === status;
  await eventually("the recording", isAt("recording"), 30_000);
  await call.say(words(440));
  await call.press("#");
  await call.heard(440, 30_000);
  await call.hangup();
  await eventually("its file", isAt("ended"));
});

test("who presses 5 is greeted by the chatbot", async () => {
  const call = await lab.dial("1000");
  await call.answered();
  await call.press("5");
  await eventually(
    "its greeting",
    async () => {
      const [talk] = await lab.api.list("/chatbotcalls");
      return JSON.stringify(talk).includes("Ask me for the opening hours");
    },
    30_000,
  );
  await call.hangup();
  await eventually(
    "the end of the talk",
    async () => Object((await lab.api.list("/chatbotcalls"))[0]).status === "end",
  );
});
