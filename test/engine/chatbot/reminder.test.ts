import { expect, test } from "vitest";
import { createReminder } from "../../../src/engine/chatbot/reminder.ts";
import { eventually } from "../../support/eventually.ts";
import { hear } from "../../support/tones.ts";

const never = new AbortController().signal;
const request = { text: "One moment.", language: "en-US", withinMs: 100 };

test("it is made once, ahead, and had at once; notes where nobody can say it, who is asked again", async () => {
  const asked: string[] = [];
  let canSpeak = false;
  const voice = {
    async pronounce({ text }: { readonly text: string }) {
      asked.push(text);
      if (!canSpeak) throw new Error("stalled");
      async function* sound() {
        yield* [Buffer.from("One "), Buffer.from("moment.")];
      }
      return { provider: "fake", attempts: [], sound: sound() };
    },
  };
  const reminder = createReminder(voice, request, never);
  expect(asked).toEqual(["One moment."]);
  await new Promise((resolve) => setImmediate(resolve));
  const notes = reminder();
  expect(hear(new Int16Array(notes.buffer), [523, 659], 16_000).map(({ frequency }) => frequency)).toEqual([523, 659]);
  canSpeak = true;
  await eventually("its words", () => Buffer.from(reminder()).toString() === "One moment.");
  const { length } = asked;
  reminder();
  expect(asked).toHaveLength(length);
});
