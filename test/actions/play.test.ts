import { expect, test } from "vitest";
import play from "../../src/actions/play.ts";
import { next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

test("play plays everything in order, without answering", async () => {
  const step = createStep(play, { stream_urls: ["https://a.test/1.wav", "sound:digits/1", "http://a.test/2.mp3"] });
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["call.play https://a.test/1.wav sound:digits/1 http://a.test/2.mp3"]);
});

test("a URL that fails is told, by its host only, and the rest plays", async () => {
  const bad = "https://b.test:8443/x.wav?key=secret";
  const step = createStep(play, { stream_urls: ["https://a.test/1.wav", bad, "sound:beep"] }, { badUrls: [bad] });
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual([
    'media_failed {"host":"b.test:8443","reason":"not_found","message":"404","remedy":"give a URL at which there is audio"}',
    "call.play https://a.test/1.wav sound:beep",
  ]);
});

test("a URL that a variable spoils does not silence the rest", async () => {
  const step = createStep(
    play,
    { stream_urls: ["${greeting}", "${path}", "sound:beep"] },
    { variables: { path: "sound:../../etc" } },
  );
  expect(await step.run()).toEqual(next);
  expect(step.log.at(-1)).toBe("call.play sound:beep");
  expect(step.log.filter((fact) => fact.startsWith("media_failed"))).toHaveLength(2);
});

test("a step that begins again plays the same list, though a URL works by now", async () => {
  const badUrls = ["https://a.test/1.wav"];
  const step = createStep(play, { stream_urls: [...badUrls, "sound:beep"] }, { badUrls });
  await step.run();
  badUrls.pop();
  await step.run();
  expect(step.log.slice(1)).toEqual(["call.play sound:beep", "call.play sound:beep"]);
});

test("nothing to play is a failure", async () => {
  const url = "https://a.test/1.wav";
  await expect(createStep(play, { stream_urls: [url] }, { badUrls: [url] }).run()).rejects.toThrow("none of the URLs");
});

test("audio that can't be played is a failure", async () => {
  const step = createStep(play, { stream_urls: ["sound:beep"] }, { playbackEnd: "failed" });
  await expect(step.run()).rejects.toThrow("could not be played");
});

test.each([
  ["ftp://a.test/1.wav"],
  ["file:///etc/passwd"],
  ["sound:../secret"],
  ["sound:/etc/passwd"],
  ["sound:a//b"],
  ["sound:"],
  ["sound:a,b"],
  ["recording:x"],
  ["http://"],
  [""],
  [5],
])("refuses the URL %j", (url) => {
  expect(play.option.safeParse({ stream_urls: [url] }).success).toBe(false);
});

test.each([[{}], [{ stream_urls: [] }], [{ stream_urls: "sound:beep" }]])("refuses %j", (option) => {
  expect(play.option.safeParse(option).success).toBe(false);
});
