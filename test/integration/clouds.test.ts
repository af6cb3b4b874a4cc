import { afterAll, expect, test } from "vitest";
import { startGcpServer } from "../contract/gcp-server.ts";
import { startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { aftermathOf } from "./actions/support.ts";

const google = await startGcpServer(nextAddress());
afterAll(() => google.close());
const lab = await startLab({
  environment: { RINGDOWN_GCP_TTS_ENDPOINT: google.endpoint, RINGDOWN_TTS_DEADLINE_MS: "1500" },
});
const talk = (text: string) => ({ type: "talk", option: { text, voice_id: "en-US-Wavenet-A" } });

test("talk speaks with the cloud's voice, and with this machine's when the cloud is slow or out of quota", async () => {
  const well = await lab.call([talk("This is said by the cloud.")]);
  await well.heard(440);
  await well.ended();
  expect((await aftermathOf(lab, well.number)).variables).toMatchObject({ "voipbin.tts.provider": "gcp" });
  for (const trouble of ["quota", "slowness"] as const) {
    const end = await google.begin(trouble);
    const call = await lab.call([talk(`This is said in spite of ${trouble}.`)]);
    await call.ended(20_000);
    await end();
    const aftermath = await aftermathOf(lab, call.number);
    expect(aftermath.variables).toMatchObject({ "voipbin.tts.provider": "local" });
    expect(aftermath.facts("speech_synthesized")).toMatchObject([
      { attempts: [{ provider: "gcp" }, { provider: "local" }] },
    ]);
    expect(call.blocks().some(({ heard }) => heard !== "silence")).toBe(true);
  }
});
