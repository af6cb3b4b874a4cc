import { expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";

const lab = await startLab();
const page = async (): Promise<string> => (await fetch(`http://${lab.asterisk.address}:8081/metrics`)).text();

test("a call leaves its measures on the page", async () => {
  const call = await lab.call([{ type: "talk", option: { text: "hello" } }, { type: "beep" }]);
  await call.answered();
  expect(await page()).toContain("ringdown_live_calls 1");
  await call.ended();
  await (await lab.dial("404")).ended();
  const text = await eventually("the end of the call on the page", async () => {
    const now = await page();
    return now.includes('ringdown_calls_total{direction="incoming",reason="normal"} 1') ? now : undefined;
  });
  for (const measure of [
    "ringdown_live_calls 0",
    'ringdown_calls_refused_total{why="no_route"} 1',
    "ringdown_invite_to_stasis_seconds_count 1",
    "ringdown_stasis_to_first_action_seconds_count 1",
    'ringdown_action_seconds_count{action="talk",outcome="next"} 1',
    'ringdown_action_seconds_count{action="beep",outcome="next"} 1',
    'ringdown_ari_request_seconds_count{operation="channels.playWithId",outcome="done"} 2',
    'ringdown_speech_seconds_count{provider="local",outcome="spoken"} 1',
    "ringdown_ari_connections_total 1",
  ]) {
    expect(text).toContain(measure);
  }
});
