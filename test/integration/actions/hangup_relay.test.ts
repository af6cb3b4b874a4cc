import { expect, test } from "vitest";
import { sip } from "../../support/addresses.ts";
import { tonesHeard } from "../../support/call.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { aftermathOf, prompt } from "./support.ts";

const lab = await startLab();

test.each([
  { reason: "busy", cause: 17, status: 486 },
  { reason: "noanswer", cause: 19, status: 480 },
])("hangup_relay ends the call as another one has ended: $reason", async ({ reason, cause, status }) => {
  const other = await lab.call([{ type: "hangup", option: { reason } }]);
  await other.ended();
  const { record } = await aftermathOf(lab, other.number);
  const call = await lab.call([relay(String(record.id)), prompt(lab, 440)]);
  expect(await call.ended()).toMatchObject({ by: "refused", status });
  const relayed = (await aftermathOf(lab, call.number)).record;
  expect(relayed).toMatchObject({ hangup_by: "local", hangup_reason: reason, hangup_cause: cause });
});

test("the reason is normal for the call itself, which has not ended, and for one that is not known", async () => {
  const calls = [
    await lab.call([{ type: "answer" }, relay("${voipbin.call.id}"), prompt(lab, 440)]),
    await lab.call([{ type: "answer" }, relay("b8573f30-b031-11ed-ac05-3bc9a62e64c3"), prompt(lab, 440)]),
  ];
  for (const call of calls) {
    expect(await call.ended()).toEqual({ by: "them", reason: "Q.850;cause=16" });
    expect(tonesHeard(call)).toEqual([]);
    expect((await aftermathOf(lab, call.number)).record).toMatchObject({ hangup_reason: "normal", hangup_cause: 16 });
  }
});

test("a caller whom nobody answered is hung up normally, as is one for whom there is no call to relay", async () => {
  const bob = await lab.phone({ user: "bob" });
  const connect = { type: "connect", option: { destinations: [sip(bob)] } };
  const relayed = relay("${voipbin.connect.answered_call_id}");
  const calls = [
    await lab.call([{ type: "answer" }, connect, relayed, prompt(lab, 440)]),
    await lab.call([{ type: "answer" }, relayed, prompt(lab, 440)]),
  ];
  (await bob.rings()).refuse(486);
  for (const call of calls) {
    expect(await call.ended()).toEqual({ by: "them", reason: "Q.850;cause=16" });
    expect(tonesHeard(call)).toEqual([]);
    const { record, facts } = await aftermathOf(lab, call.number);
    expect(record).toMatchObject({ hangup_by: "local", hangup_reason: "normal", hangup_cause: 16 });
    expect(facts("note")).toMatchObject([{ message: expect.stringContaining("there is no such call") }]);
  }
});

const relay = (reference_id: string): FlowAction => ({ type: "hangup_relay", option: { reference_id } });
