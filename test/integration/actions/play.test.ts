import { expect, test } from "vitest";
import {
  encoded,
  endless,
  file,
  late,
  notFound,
  redirect,
  silent,
  stalled,
  webPage,
} from "../../support/audio-server.ts";
import { tonesHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import { SERVER_ADDRESS } from "../../support/loopback.ts";
import { toneWav } from "../../support/tones.ts";
import { aftermathOf, crash, heardMs, longPrompt, prompt, set, stored } from "./support.ts";

/** This machine's other addresses stay forbidden. */
const lab = await startLab({ environment: { RINGDOWN_ALLOW_PRIVATE_URLS: `${SERVER_ADDRESS}/32` } });

const play = (...stream_urls: readonly string[]) => ({ type: "play", option: { stream_urls } });
const tone = (frequency: number) => lab.audio.tone(frequency, 240);
const host = `${SERVER_ADDRESS}:8000`;

test("play is heard as early media, in order, and does not answer", async () => {
  const call = await lab.call([prompt(lab, 440, 620), prompt(lab, 850)]);
  expect(await call.ended()).toMatchObject({ by: "refused", status: 603 });
  expect(call.statuses()).toContain(183);
  expect(tonesHeard(call)).toEqual([440, 620, 850]);
  for (const heard of call.tones()) expect(heard).toMatchObject({ early: true });
});

test("play in an answered call waits for its end, with tones of Asterisk's own in between", async () => {
  const call = await lab.call([{ type: "answer" }, play(tone(440), "sound:beep", tone(620)), prompt(lab, 850)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620, 850]);
  const [first, second] = call.tones();
  const between = call.blocks().filter(({ atMs }) => atMs > (first?.startMs ?? 0) && atMs < (second?.startMs ?? 0));
  expect(between.filter(({ heard }) => heard === "other").length).toBeGreaterThan(5);
});

test("play takes WAV, MP3, OGG and FLAC of any rate and channel count", async () => {
  const serve = (name: string, audio: Buffer) => lab.audio.serve(`/${name}`, file(audio, "application/octet-stream"));
  const call = await lab.call([
    play(
      serve("song.mp3", encoded(toneWav(440, 400), "mp3", ["rate", "44100"])),
      serve("song.ogg", encoded(toneWav(620, 400), "ogg", ["rate", "48000", "channels", "2"])),
      serve("song.flac", encoded(toneWav(850, 400), "flac", ["rate", "22050"])),
      serve("stereo.wav", encoded(toneWav(1100, 400), "wav", ["rate", "44100", "channels", "2"])),
      serve("no-ending", toneWav(1400, 400)),
    ),
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620, 850, 1100, 1400]);
});

test("URLs that give no audio are recorded, and the rest play", async () => {
  const { serve } = lab.audio;
  const tooLarge = serve("/large.wav", (_request, response) =>
    response.writeHead(200, { "content-type": "audio/wav", "content-length": 2 ** 32 }).flushHeaders(),
  );
  const bad = [
    [serve("/missing.wav", notFound), host, "not_found"],
    [serve("/page.wav", webPage), host, "not_audio"],
    [serve("/silent.wav", silent), host, "timeout"],
    [serve("/stalled.wav", stalled), host, "timeout"],
    [tooLarge, host, "too_large"],
    [serve("/broken.wav", file(toneWav(440).subarray(0, 30))), host, "not_audio"],
    [serve("/away.wav", redirect("http://127.0.0.1:8000/private.wav")), host, "refused"],
    ["http://127.0.0.1:8000/private.wav?token=secret", "127.0.0.1:8000", "refused"],
    ["http://[::1]/private.wav", "[::1]", "refused"],
    [`http://${SERVER_ADDRESS}:9/closed.wav`, `${SERVER_ADDRESS}:9`, "unreachable"],
    ["http://no-such-name.invalid/a.wav", "no-such-name.invalid", "unreachable"],
  ] as const;
  const call = await lab.call([
    play(tone(440), ...bad.map(([url]) => url), serve("/moved.wav", redirect(tone(850))), tone(620)),
  ]);
  // The slowest server is given 10 s.
  await call.heard(440, 20_000);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 850, 620]);
  const { facts } = await aftermathOf(lab, call.number);
  const told = facts("media_failed").map(({ host: asked, reason }) => [asked, reason]);
  expect(told.toSorted()).toEqual(bad.map(([, asked, reason]) => [asked, reason]).toSorted());
  expect(JSON.stringify(facts("media_failed"))).not.toContain("secret");
  expect(facts("action_failed")).toEqual([]);
});

test("when nothing can be played the action has failed, and the flow goes on", async () => {
  const nothing = [play(lab.audio.serve("/nothing.wav", notFound)), play("sound:no-such-sound")];
  const call = await lab.call([...nothing, prompt(lab, 440)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { facts } = await aftermathOf(lab, call.number);
  const failed = expect.objectContaining({ action: "play", error: "ActionError" });
  expect(facts("action_failed")).toEqual([failed, failed]);
});

test("URLs may come from variables; bad ones do not silence the others", async () => {
  const call = await lab.call([
    set("file", "440-240.wav"),
    set("secret", "sound:../../../etc/passwd"),
    play(tone(440).replace("440-240.wav", "${file}"), "${nothing}", "${secret}", "ftp://${file}", tone(620)),
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620]);
  expect((await aftermathOf(lab, call.number)).facts("media_failed")).toHaveLength(3);
});

test("a sound that Asterisk does not have does not silence the others", async () => {
  const call = await lab.call([play(tone(440), "sound:no-such-sound", tone(620)), prompt(lab, 850)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620, 850]);
});

test("audio is fetched again only when its server wants that", async () => {
  const fresh = lab.audio.serve("/fresh.wav", (_request, response) =>
    response.writeHead(200, { "cache-control": "max-age=60" }).end(toneWav(440, 240)),
  );
  const call = await lab.call([play(fresh, tone(620)), play(fresh), play(fresh)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620, 440, 440]);
  expect(lab.audio.requests(fresh)).toBe(1);
});

test("a hangup ends the playback, and the fetching of an endless file", async () => {
  const playing = await lab.call([{ type: "answer" }, longPrompt(lab, 440, 30_000), { type: "hangup" }]);
  const fetching = await lab.call([{ type: "answer" }, play(lab.audio.serve("/endless.wav", late(200, endless)))]);
  await playing.heard(440);
  await fetching.answered();
  await Promise.all([playing.hangup(), fetching.hangup()]);
  for (const { number } of [playing, fetching]) {
    const { record, facts } = await aftermathOf(lab, number);
    expect(record).toMatchObject({ hangup_by: "remote", hangup_reason: "normal" });
    expect(facts("action_ended").at(-1)).toMatchObject({ action: "play", outcome: "interrupted" });
  }
});

test("killed in the middle, the playback goes on and is followed by the next; what ended is not repeated", async () => {
  const call = await lab.call([{ type: "answer" }, prompt(lab, 440), longPrompt(lab, 620, 4_000), prompt(lab, 850)]);
  await call.heard(620);
  await stored(lab, call.number, "action_started", 3);
  await crash(lab);
  expect(await call.heard(850)).toMatchObject({ early: false });
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620, 850]);
  expect(heardMs(call, 620)).toBeGreaterThan(3_500);
  expect(heardMs(call, 620)).toBeLessThan(4_500);
});

test("a list that came to its end while nobody was there is not repeated", async () => {
  const call = await lab.call([{ type: "answer" }, prompt(lab, 440, 620), prompt(lab, 850)]);
  await call.heard(440);
  await lab.ringdown.kill();
  await call.heard(620);
  await call.quiet(300);
  await lab.ringdown.start();
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620, 850]);
});

test("killed while it fetches, it fetches again and plays once", async () => {
  const url = lab.audio.serve("/slow.wav", late(1_500, file(toneWav(440, 240))));
  const call = await lab.call([{ type: "answer" }, play(url), prompt(lab, 620)]);
  await eventually("the request", () => lab.audio.requests(url) === 1);
  await crash(lab);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620]);
  expect(lab.audio.requests(url)).toBe(2);
});
