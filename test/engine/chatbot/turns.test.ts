import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  firstTurn,
  nextLookMs,
  type TurnCommand,
  type TurnEvent,
  type Turns,
  takeTurn,
} from "../../../src/engine/chatbot/turns.ts";

const settings = { waitMs: 4_000, idleMs: 15_000 };
type Happening = TurnEvent extends infer Event ? (Event extends TurnEvent ? Omit<Event, "atMs"> : never) : never;

type Said = { readonly heard: string; readonly isAll?: boolean } | { readonly supposed: string };

/** Plays events, one each 100 ms or after the time that stands before them, and tells what was commanded. */
function play(start: Turns, ...script: readonly (Happening["kind"] | Said | number)[]) {
  let turns = start;
  let atMs = start.sinceMs;
  const commands: string[] = [];
  for (const entry of script) {
    if (typeof entry === "number") {
      atMs += entry;
      continue;
    }
    atMs += 100;
    const step = takeTurn(turns, { ...eventOf(entry), atMs } as TurnEvent, settings);
    turns = step.turns;
    commands.push(...step.commands.map(nameOf));
  }
  return { turns, commands };
}
function nameOf(command: TurnCommand): string {
  if ("text" in command) return `${command.kind} ${command.text}`;
  return command.kind === "remind" ? `remind ${command.of}` : command.kind;
}
function eventOf(entry: Happening["kind"] | Said) {
  if (entry === "tick") return { kind: entry, heardUntilMs: 0 };
  if (typeof entry === "string") return { kind: entry };
  if ("supposed" in entry) return { kind: "supposed", text: entry.supposed };
  return { kind: "heard", text: entry.heard, isAll: entry.isAll ?? true };
}

const quiet = firstTurn(0, false);
const asked = play(quiet, "voice_began", "voice_ended", { heard: "hours" }).turns;
const speaking = play(asked, "speech_began").turns;

test("what the caller says is asked about as soon as it is understood, and the reply is said", () => {
  const { turns, commands } = play(
    quiet,
    "voice_began",
    "voice_ended",
    { heard: "hours" },
    "speech_began",
    "speech_over",
  );
  expect(commands).toEqual(["ask hours"]);
  expect(turns.mode).toBe("listening");
});

describe("the caller who goes on after the first words", () => {
  test("is asked about in one", () => {
    const talk = play(quiet, "voice_began", { heard: "I want", isAll: false }, "voice_ended", { heard: "a table" });
    expect(talk.commands).toEqual(["ask I want a table"]);
  });

  test("is not waited for when nothing comes of it", () => {
    const talk = play(quiet, "voice_began", { heard: "I want", isAll: false }, "voice_ended", 800, "tick");
    expect(talk.commands).toEqual(["ask I want"]);
  });

  test("while the chatbot thinks, is asked about anew, and no reply to less than that is said", () => {
    const talk = play(asked, "voice_began", { heard: "and", isAll: false }, { heard: "on sunday" });
    expect(talk.commands).toEqual(["hush", "ask and on sunday"]);
  });
});

describe("the caller who speaks while the chatbot does", () => {
  test("silences it at once, and is answered", () => {
    expect(play(speaking, "voice_began").commands).toEqual(["hush"]);
    expect(play(speaking, "voice_began", "voice_ended", { heard: "stop" }).commands).toEqual(["hush", "ask stop"]);
  });

  test("and means nothing by it, hears the rest", () => {
    const talk = play(speaking, "voice_began", "voice_ended", 2_400, "tick", 200, "tick");
    expect(talk.commands).toEqual(["hush", "go_on"]);
    expect(talk.turns.mode).toBe("speaking");
  });

  test("as it begins, is not talked over", () => {
    expect(play(asked, "voice_began", "speech_began").commands).toEqual(["hush"]);
  });

  test("too softly to be noticed, is answered when it is understood", () => {
    expect(play(speaking, { heard: "stop" }).commands).toEqual(["ask stop"]);
  });
});

describe("what seems to be all that the caller says", () => {
  test("is prepared for, together with what was understood before", () => {
    const talk = play(
      quiet,
      "voice_began",
      { supposed: "I" },
      { heard: "I want", isAll: false },
      { supposed: "a table" },
    );
    expect(talk.commands).toEqual(["prepare I", "prepare I want a table"]);
    expect(talk.turns).toMatchObject({ mode: "hearing", words: "I want" });
  });

  test("is not, while the chatbot speaks", () => {
    expect(play(speaking, { supposed: "stop" }).commands).toEqual([]);
    expect(play(speaking, "voice_began", { supposed: "stop" }).commands).toEqual(["hush", "prepare stop"]);
  });
});

describe("nobody waits in silence", () => {
  test("for a reply", () => {
    expect(play(asked, 3_800, "tick").commands).toEqual([]);
    expect(play(asked, 4_000, "tick", 4_000, "tick").commands).toEqual(["remind wait", "remind wait"]);
  });

  test("for the rest of what is being said", () => {
    const { sinceMs } = speaking;
    const at = (afterMs: number, heardAfterMs: number) =>
      takeTurn(
        speaking,
        { kind: "tick", atMs: sinceMs + afterMs, heardUntilMs: sinceMs + heardAfterMs },
        settings,
      ).commands.map(nameOf);
    expect(at(20_000, 21_000)).toEqual([]);
    expect(at(20_000, 16_001)).toEqual([]);
    expect(at(20_000, 16_000)).toEqual(["remind wait"]);
    expect(play(speaking, 4_000, "tick", 3_800, "tick", "tick", "speech_over").commands).toEqual([
      "remind wait",
      "remind wait",
    ]);
  });

  test("for being understood", () => {
    const talk = play(quiet, "voice_began", "voice_ended", 2_500, "tick", "speech_began", "speech_over");
    expect(talk.commands).toEqual(["remind again"]);
    expect(talk.turns.mode).toBe("listening");
  });

  test("in a noise that is nobody's voice", () => {
    expect(play(quiet, "voice_began", 8_000, "tick").commands).toEqual(["remind again"]);
  });

  test("for the other to begin; after some reminders it is over", () => {
    const round = [15_000, "tick", "speech_began", "speech_over"] as const;
    expect(play(quiet, ...round, ...round, ...round, ...round).commands).toEqual([
      "remind there",
      "remind there",
      "remind there",
      "give_up",
    ]);
    const talk = play(quiet, ...round, ...round, { heard: "yes" }, "speech_began", "speech_over", ...round, ...round);
    expect(talk.commands).not.toContain("give_up");
  });
});

test("whatever happens, in whatever order: everything understood is asked about, once and in order", () => {
  const happening = fc.constantFrom<Happening["kind"]>(
    "voice_began",
    "voice_ended",
    "speech_began",
    "speech_over",
    "tick",
  );
  const word = fc.constantFrom("a", "b", "c");
  const said = fc.oneof(fc.record({ heard: word, isAll: fc.boolean() }), fc.record({ supposed: word }));
  const pause = fc.integer({ min: 0, max: 5_000 });
  fc.assert(
    fc.property(fc.array(fc.oneof(happening, said, pause)), fc.boolean(), (script, opens) => {
      const told = play(firstTurn(0, opens), ...script, "voice_ended", 3_000, "tick");
      const heard = script.flatMap((entry) => (typeof entry === "object" && "heard" in entry ? [entry.heard] : []));
      const askedFor = told.commands.flatMap((name) => (name.startsWith("ask ") ? name.slice(4).split(" ") : []));
      expect(askedFor).toEqual(heard);
      expect(nextLookMs(told.turns, 0, settings)).toBeLessThan(Number.POSITIVE_INFINITY);
    }),
  );
});
