import { expect, test } from "vitest";
import { asteriskBridges } from "../../src/asterisk/bridges.ts";
import { eventually } from "../support/eventually.ts";
import { tone } from "../support/tones.ts";
import { asteriskCalls, signal } from "./asterisk-calls.ts";

const { parts, connected, connection } = asteriskCalls();
const bridges = () => asteriskBridges(parts());

/** Left and entered, as Asterisk tells it. */
const moves = () => connection().events.filter(({ type }) => type === "ChannelLeftBridge").length;

test("two calls hear each other; opening and joining again changes nothing, and makes no gap", async () => {
  const [anna, bert] = [await connected(), await connected()];
  const { open, join, members, close } = bridges();
  const both = [anna.channelId, bert.channelId];
  await open("talk.1", signal);
  await join("talk.1", both, signal);
  const before = moves();
  const saying = Promise.all([anna.call.say(tone(440, 1_500)), bert.call.say(tone(620, 1_500))]);
  await bert.call.heard(440);
  await anna.call.heard(620);
  await open("talk.1", signal);
  await join("talk.1", both, signal);
  await saying;
  await anna.call.quiet(100);
  await bert.call.quiet(100);
  expect(bert.call.tones()).toEqual([expect.objectContaining({ frequency: 440 })]);
  expect(anna.call.tones()).toEqual([expect.objectContaining({ frequency: 620 })]);
  expect(moves()).toBe(before);
  expect([...(await members("talk.1", signal))].sort()).toEqual([...both].sort());
  await close("talk.1");
});

test("a call that leaves stays up, apart; a third takes its place, a bridge that ends leaves all of them up", async () => {
  const [anna, bert, cleo] = [await connected(), await connected(), await connected()];
  const { open, join, leave, members, close } = bridges();
  await open("talk.2", signal);
  await join("talk.2", [anna.channelId, bert.channelId], signal);
  await leave("talk.2", anna.channelId);
  await leave("talk.2", anna.channelId);
  await join("talk.2", [bert.channelId, cleo.channelId], signal);
  await bert.call.say(tone(850, 400));
  await cleo.call.heard(850);
  expect(anna.call.tones()).toEqual([]);
  await close("talk.2");
  await close("talk.2");
  expect(await members("talk.2", signal)).toEqual([]);
  for (const { call } of [anna, bert, cleo]) expect(call.story.ending()).toBeUndefined();
});

test("a call that joins another bridge leaves the one it was in", async () => {
  const [anna, bert] = [await connected(), await connected()];
  const { open, join, members, close } = bridges();
  for (const id of ["talk.3", "talk.4"]) await open(id, signal);
  await join("talk.3", [anna.channelId, bert.channelId], signal);
  await join("talk.4", [anna.channelId], signal);
  expect(await members("talk.3", signal)).toEqual([bert.channelId]);
  expect(await members("talk.4", signal)).toEqual([anna.channelId]);
  for (const id of ["talk.3", "talk.4"]) await close(id);
});

test("a call that has hung up is gone, and keeps the others out; a bridge that is not there is refused", async () => {
  const [anna, bert] = [await connected(), await connected()];
  const { open, join, leave, members, close } = bridges();
  await open("talk.5", signal);
  await bert.call.hangup();
  const isLeft = async () => (await connection().ari.channels.list()).some(({ id }) => id === bert.channelId);
  await eventually("his end", async () => !(await isLeft()));
  const both = [anna.channelId, bert.channelId];
  await expect(join("talk.5", both, signal)).rejects.toMatchObject({ fault: "gone", operation: "joinBridge" });
  expect(await members("talk.5", signal)).toEqual([]);
  await leave("talk.5", bert.channelId);
  await leave("talk.none", anna.channelId);
  await expect(join("talk.none", [anna.channelId], signal)).rejects.toMatchObject({ fault: "refused" });
  await close("talk.5");
});

test("a bridge that Asterisk is about to end is gone for whoever ends it, looks at it or leaves it", async () => {
  const { open, join, leave, members, close } = bridges();
  const [anna, bert] = [await connected(), await connected()];
  for (let round = 0; round < 30; round += 1) {
    const id = `talk.6.${round}`;
    await open(id, signal);
    await join(id, [anna.channelId, bert.channelId], signal);
    await Promise.all([close(id), close(id), close(id), leave(id, anna.channelId), members(id, signal)]);
    // Asterisk answers before they have left.
    await eventually("an empty bridge", async () => (await members(id, signal)).length === 0);
  }
});
