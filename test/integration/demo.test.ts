import { expect, test } from "vitest";
import { z } from "zod";
import { choirOf, hears, sing } from "../support/chords.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { silence } from "../support/tones.ts";
import { spoken, wordsIn } from "../support/words.ts";
import { prompt } from "./actions/support.ts";
import { words } from "./support/recorded.ts";

/** What the demo promises to who calls 1000. */
const lab = await startLab({ environment: { RINGDOWN_DEMO: "true" } });

const transcriptSchema = z.looseObject({ message: z.string(), provider: z.string(), direction: z.string() });

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

test("who presses 6 hears the digits that they enter, and nothing else", async () => {
  const [menu] = (await lab.api.list("/flows")).filter(({ name }) => name === "demo menu");
  const saying = z
    .object({ actions: z.array(z.looseObject({ type: z.string() })) })
    .parse(menu)
    .actions.find((action) => JSON.stringify(action).includes("You entered"));
  if (!saying) throw new Error("the demo says nothing of what was entered");
  const enter = { type: "digits_receive", option: { length: 2, duration: 20_000 } };
  const call = await lab.call([{ type: "answer" }, enter, { type: saying.type, option: saying.option }], {
    codecs: ["g722"],
  });
  await call.answered();
  await call.press("12");
  await call.ended();
  const heard = await wordsIn(call.sound(), [
    "you entered one two",
    "you entered twelve",
    "you entered break time equals two hundred one two",
    "you entered less than break time two hundred greater than one two",
  ]);
  expect(heard).toBe("you entered one two");
});

test.each([
  ["g722", 16_000],
  ["pcmu", 8_000],
] as const)(
  "who presses 5 on a phone with %s is greeted by the chatbot, and gets an answer to what they ask",
  async (codec, sampleRateHz) => {
    const call = await lab.dial("1000", { codecs: [codec] });
    await call.answered();
    await call.press("5");
    const talk = async () => JSON.stringify((await lab.api.list("/chatbotcalls")).slice(0, 1));
    await eventually("the talk", async () => (await talk()).includes("progressing"));
    const says = (text: string) => eventually(text, async () => (await talk()).includes(text), 30_000);
    await says("Ask me for the opening hours");
    await call.say(await spoken("the weather", sampleRateHz));
    await says("The sun always shines");
    await call.hangup();
    await eventually("the end of the talk", async () => (await talk()).includes('"status":"end"'));
  },
);

test("what is said in a wideband call is understood with no account anywhere", async () => {
  const hints = ["press one for sales", "press two for support", "goodbye"];
  const call = await lab.call(
    [
      { type: "answer" },
      { type: "transcribe_start", option: { provider: "local", direction: "in", hints } },
      prompt(lab, 1_700),
      { type: "sleep", option: { duration: 40_000 } },
    ],
    { codecs: ["g722"] },
  );
  await call.heard(1_700);
  const sentences = ["Press two for support.", "Goodbye.", "Press one for sales."];
  for (const sentence of sentences) {
    await call.say(await spoken(sentence));
    await call.say(silence(1_000, 16_000));
  }
  const transcripts = await eventually(
    "three transcripts",
    async () => {
      const found = transcriptSchema.array().parse(await lab.api.list("/transcripts"));
      return found.length === 3 ? found.toReversed() : undefined;
    },
    30_000,
  );
  await call.hangup();
  expect(transcripts.map(({ message }) => message)).toEqual([
    "press two for support",
    "goodbye",
    "press one for sales",
  ]);
  for (const one of transcripts) expect(one).toMatchObject({ provider: "local", direction: "in" });
});
