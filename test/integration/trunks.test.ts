import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Created } from "../support/api.ts";
import { promptsHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { tonePrompt } from "../support/records.ts";
import { startCarrier } from "../support/sip/carrier.ts";

const lab = await startLab();
const TONE = 850;
const account = { user: "anna", password: "secret-of-anna" };
const ANNA = { username: account.user, password: account.password };

const create = (body: object): Promise<Created> => lab.api.post("/trunks", { name: "carrier", ...body });
const remove = (id: string) => lab.api.request("DELETE", `/trunks/${id}`);
const statusOf = async (id: string): Promise<unknown> => Object(await lab.api.get(`/trunks/${id}`)).status;
/** Which trunks Asterisk has. */
const inAsterisk = async (): Promise<string> => JSON.stringify(await lab.asterisk.ari("GET", "/endpoints/PJSIP"));

test("a carrier calls a number as soon as its trunk was made", async () => {
  const address = nextAddress();
  const trunk = await create({ host: address });
  expect(trunk.status).toBe("ready");
  const number = await lab.route([{ type: "answer" }, tonePrompt(lab, TONE)], "+4930123456");
  const phone = await lab.phone({ address, user: "+4930999" });
  const identity = ["P-Asserted-Identity", '"Bob" <sip:+4930777@carrier.example>'] as const;
  const call = await phone.dial(number, { headers: [identity], codecs: ["pcma"] });
  await call.answered();
  expect(JSON.stringify(await lab.asterisk.ari("GET", "/channels"))).toContain(`PJSIP/trunk-${trunk.id}-`);
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONE]);
  expect((await lab.recordOf(number)).source).toMatchObject({ target: "+4930777", name: "Bob" });
  await remove(trunk.id);
  expect(await inAsterisk()).not.toContain(trunk.id);
});

test("a text by way of a carrier starts the flow of its number", async () => {
  const phone = await lab.phone({ address: nextAddress(), user: "+4930999" });
  const trunk = await create({ host: phone.address });
  const said = { type: "variable_set", option: { key: "said", value: "${voipbin.conversation_message.text}" } };
  await lab.api.post("/numbers", { number: "+4930123457", message_flow_id: await lab.flow([said]) });
  expect(await phone.text("+4930123457", "hello")).toBe(202);
  await eventually("its flow", async () =>
    JSON.stringify(await lab.api.list("/activeflows")).includes('"said":"hello"'),
  );
  await remove(trunk.id);
});

test("a trunk that registers does so at once, and no more when it is removed", async () => {
  await using carrier = await startCarrier({ address: nextAddress(), credentials: () => account });
  const trunk = await create({ host: carrier.address, ...ANNA, register: true });
  await eventually("the registration", () => carrier.contacts.length === 1);
  await lab.api.request("PUT", `/trunks/${trunk.id}`, { priority: 5, detail: "changed" });
  await lab.api.request("PUT", `/trunks/${trunk.id}`, { register: false });
  await eventually("no registration", () => carrier.contacts.length === 0);
  await lab.api.request("PUT", `/trunks/${trunk.id}`, { register: true });
  await eventually("the registration", () => carrier.contacts.length === 1);
  expect(carrier.registrations).toEqual([200, 200, 200]);
  await remove(trunk.id);
  await eventually("no registration", () => carrier.contacts.length === 0);
});

test("trunks survive the loss of Asterisk's database, and what was removed meanwhile does not come back", async () => {
  await using carrier = await startCarrier({ address: nextAddress(), credentials: () => account });
  const kept = await create({ host: carrier.address, ...ANNA, register: true });
  const [changed, removed] = [await create({ host: nextAddress() }), await create({ host: nextAddress() })];
  await lab.asterisk.kill();
  await eventually("that it is missed", async () => (await fetch(`${lab.api.base}/readyz`)).status === 503);
  expect((await lab.api.request("PUT", `/trunks/${changed.id}`, { port: 5070 })).body).toMatchObject({
    status: "pending",
  });
  await remove(removed.id);
  await lab.asterisk.start();
  await eventually("the changed trunk", async () => (await statusOf(changed.id)) === "ready");
  await eventually("the end of the removed one", async () => !(await inAsterisk()).includes(removed.id));

  await lab.asterisk.kill();
  rmSync(join(lab.asterisk.directory, "lib/astdb.sqlite3"));
  const before = carrier.registrations.length;
  await lab.asterisk.start();
  await eventually("the registration again", () => carrier.registrations.length > before);
  await eventually("the other one again", async () => (await inAsterisk()).includes(changed.id));
  for (const { id } of [kept, changed]) await remove(id);
});

test("a name that leads nowhere makes its own trunk wait, and no other", async () => {
  const lost = await create({ host: "no-such-carrier.invalid" });
  expect(lost).toMatchObject({ status: "pending", status_reason: expect.stringContaining("no-such-carrier.invalid") });
  const found = await create({ host: "localhost", port: 5099 });
  expect(found.status).toBe("ready");
  const moved = await lab.api.request("PUT", `/trunks/${lost.id}`, { host: nextAddress() });
  expect(moved.body).toMatchObject({ status: "ready" });
  for (const { id } of [lost, found]) await remove(id);
});
