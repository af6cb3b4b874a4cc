import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Created } from "../support/api.ts";
import { promptsHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { tonePrompt } from "../support/records.ts";
import { startRingdown } from "../support/ringdown.ts";

const lab = await startLab();
const TONE = 850;

const create = (extension: string, body: object = {}): Promise<Created> =>
  lab.api.post("/extensions", { extension, ...body });
const softphone = (user: string, password: unknown) => lab.phone({ credentials: { user, password: String(password) } });
const registers = async (user: string, password: unknown): Promise<number> =>
  (await softphone(user, password)).register();
const becomesReady = (id: string): Promise<unknown> =>
  eventually("the account in Asterisk", async () => {
    const { body } = await lab.api.request("GET", `/extensions/${id}`);
    return JSON.stringify(body).includes('"ready"');
  });

/** 401 for a wrong password; a name that is no account is refused in whatever way. */
const isRefusal = (status: number): boolean => status >= 400;

test("a phone registers as soon as its extension was made, with its password only, and no more when it was removed", async () => {
  const { id, password, status } = await create("2001");
  expect(status).toBe("ready");
  expect(await registers("2001", password)).toBe(200);
  expect(await registers("2001", "wrong-password")).toSatisfy(isRefusal);
  await lab.api.request("PUT", `/extensions/${id}`, { password: "another-password" });
  expect(await registers("2001", password)).toSatisfy(isRefusal);
  expect(await registers("2001", "another-password")).toBe(200);
  await lab.api.request("DELETE", `/extensions/${id}`);
  expect(await registers("2001", "another-password")).toSatisfy(isRefusal);
});

test("an extension shows the phones that are registered, and no more when they are not", async () => {
  const { id, password } = await create("2007");
  const shown = () => lab.api.get(`/extensions/${id}`);
  expect(await shown()).toMatchObject({ registered: false, contacts: [] });
  const desk = await softphone("2007", password);
  const mobile = await softphone("2007", password);
  const [before] = [Date.now(), await desk.register(120), await mobile.register(300)];
  const { registered, contacts } = Object(await shown());
  expect(registered).toBe(true);
  const uris = [desk, mobile].map(({ address, port }) => `sip:2007@${address}:${port}`);
  expect(contacts.map(({ uri }: { uri: string }) => uri).toSorted()).toEqual(uris.toSorted());
  expect(contacts).toMatchObject([{ user_agent: "Test phone" }, { user_agent: "Test phone" }]);
  const expiry = Date.parse(contacts.find(({ uri }: { uri: string }) => uri === uris[0]).tm_expire) - before;
  expect(expiry).toBeGreaterThan(115_000);
  expect(expiry).toBeLessThan(150_000);
  expect(await lab.api.list("/extensions")).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ extension: "2007", registered: true })]),
  );
  await Promise.all([desk.register(0), mobile.register(0)]);
  await eventually("nobody registered", async () => Object(await shown()).registered === false);
});

test("an extension calls a number: the caller is the account, whatever the phone claims", async () => {
  const { password } = await create("2002", { name: "Desk" });
  const number = await lab.route([{ type: "answer" }, tonePrompt(lab, TONE)]);
  const call = await (await softphone("2002", password)).dial(number);
  await call.ended();
  expect(promptsHeard(call)).toEqual([TONE]);
  expect((await lab.recordOf(number)).source).toMatchObject({ target: "2002", name: "Desk" });
});

test("accounts survive the restart of Asterisk without us, of us, and the loss of Asterisk's database", async () => {
  const { id, password } = await create("2003");
  await lab.ringdown.kill();
  await lab.asterisk.stop();
  await lab.asterisk.start();
  expect(await registers("2003", password)).toBe(200);
  await lab.ringdown.start();
  expect(await registers("2003", password)).toBe(200);

  await lab.asterisk.kill();
  rmSync(join(lab.asterisk.directory, "lib/astdb.sqlite3"));
  await lab.asterisk.start();
  await eventually("the account again", async () => (await registers("2003", password)) === 200);
  await becomesReady(id);
});

test("what changes while Asterisk is away is made up for", async () => {
  const [kept, removed] = [await create("2004"), await create("2005")];
  await lab.asterisk.kill();
  await eventually("that it is missed", async () => {
    const response = await fetch(`${lab.api.base}/readyz`);
    return response.status === 503;
  });
  const made = await create("2006");
  expect(made.status).toBe("pending");
  const changed = await lab.api.request("PUT", `/extensions/${kept.id}`, { password: "another-password" });
  expect(changed.body).toMatchObject({ status: "pending" });
  expect((await lab.api.request("DELETE", `/extensions/${removed.id}`)).status).toBe(200);
  await lab.asterisk.start();
  await Promise.all([made.id, kept.id].map(becomesReady));
  expect(await registers("2006", made.password)).toBe(200);
  expect(await registers("2004", "another-password")).toBe(200);
  expect(await registers("2004", kept.password)).toSatisfy(isRefusal);
  await eventually("the end of the removed one", async () => (await registers("2005", removed.password)) >= 400);
});

test("the demo's softphones are extensions with the passwords of the settings", async () => {
  await lab.ringdown.stop();
  const demo = (password: string) =>
    startRingdown({
      asterisk: lab.asterisk,
      environment: { RINGDOWN_DEMO: "true", RINGDOWN_SIP_1001_PASSWORD: password, ...database },
    });
  const database = { RINGDOWN_DATABASE_URL: `sqlite:${join(lab.ringdown.dataDirectory, "demo.db")}` };
  {
    await using ringdown = await demo("first-password");
    expect(await registers("1001", "first-password")).toBe(200);
    const extensions = await ringdown.api.list("/extensions");
    expect(extensions).toMatchObject([{ extension: "1001", status: "ready" }]);
  }
  {
    await using _ringdown = await demo("second-password");
    expect(await registers("1001", "second-password")).toBe(200);
    expect(await registers("1001", "first-password")).toSatisfy(isRefusal);
  }
  await lab.ringdown.start();
});
