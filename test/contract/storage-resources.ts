import { describe, expect, test } from "vitest";
import { PageTokenError } from "../../src/ports/resource-store.ts";
import { opener } from "./storage-opened.ts";
import {
  at,
  sampleAgent,
  sampleExtension,
  sampleFlow,
  sampleKey,
  sampleNumber,
  sampleTag,
  sampleTrunk,
} from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

export function resourceTests(harness: StorageHarness): void {
  describe("resources", () => {
    const { open } = opener(harness);

    test("a flow comes back as it was stored", async () => {
      const { flows } = await open();
      const flow = sampleFlow();
      await flows.create(flow);
      expect(await flows.get(flow.id)).toEqual(flow);
      expect(await flows.get(sampleFlow().id)).toBeUndefined();
    });

    test("an update changes what it names, never the owner, and tells when it was", async () => {
      const { flows } = await open();
      const flow = sampleFlow();
      await flows.create(flow);
      const changed = await flows.update(
        flow.id,
        { name: "new", customer_id: "x", detail: undefined },
        flow.customer_id,
      );
      expect(changed).toEqual({ ...flow, name: "new", tm_update: at(60_000) });
      expect(await flows.get(flow.id)).toEqual(changed);
      expect(await flows.update(sampleFlow().id, { name: "new" })).toBeUndefined();
    });

    test("a removed flow is gone, once", async () => {
      const { flows } = await open();
      const flow = sampleFlow();
      await flows.create(flow);
      expect(await flows.remove(flow.id)).toBe(true);
      expect(await flows.remove(flow.id)).toBe(false);
      expect(await flows.get(flow.id)).toBeUndefined();
    });

    test("a customer neither sees, changes nor removes what another one has", async () => {
      const { flows } = await open();
      const mine = sampleFlow();
      const other = sampleFlow();
      await Promise.all([flows.create(mine), flows.create(other)]);
      expect(await flows.get(mine.id, other.customer_id)).toBeUndefined();
      expect(await flows.update(mine.id, { name: "stolen" }, other.customer_id)).toBeUndefined();
      expect(await flows.remove(mine.id, other.customer_id)).toBe(false);
      expect((await flows.list(other.customer_id, { pageSize: 10 })).result).toEqual([other]);
      expect(await flows.get(mine.id, mine.customer_id)).toEqual(mine);
    });

    test("pages go from the newest to the oldest, and new flows don't shift them", async () => {
      const { flows } = await open();
      const customer_id = sampleFlow().customer_id;
      const all = Array.from({ length: 7 }, (_, age) =>
        sampleFlow({ customer_id, tm_create: at(Math.floor(age / 2)) }),
      );
      await Promise.all(all.map((flow) => flows.create(flow)));
      const seen: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await flows.list(customer_id, { pageSize: 3, pageToken });
        seen.push(...page.result.map(({ id }) => id));
        pageToken = page.next_page_token ?? undefined;
        await flows.create(sampleFlow({ customer_id, tm_create: at(1_000 + seen.length) }));
      } while (pageToken);
      const newestFirst = all.toSorted((a, b) => compare(b.tm_create, a.tm_create) || compare(b.id, a.id));
      expect(seen).toEqual(newestFirst.map(({ id }) => id));
    });

    test.each(["", "nonsense", Buffer.from('["x","y"]').toString("base64url"), "bnVsbA"])(
      "page token '%s' is refused",
      async (pageToken) => {
        const { flows, activeflows } = await open();
        await expect(flows.list("x", { pageSize: 1, pageToken })).rejects.toThrow(PageTokenError);
        await expect(activeflows.list("x", { pageSize: 1, pageToken })).rejects.toThrow(PageTokenError);
      },
    );

    test("an id or a number that is taken is a conflict, for any customer", async () => {
      const { flows, numbers } = await open();
      const flow = sampleFlow();
      await Promise.all([flows.create(flow), numbers.create(sampleNumber("1000"))]);
      await expect(flows.create(sampleFlow({ id: flow.id }))).rejects.toMatchObject({ fault: "conflict" });
      await expect(numbers.create(sampleNumber("1000"))).rejects.toMatchObject({ fault: "conflict" });
      const other = sampleNumber("1001");
      await numbers.create(other);
      await expect(numbers.update(other.id, { number: "1000" })).rejects.toMatchObject({ fault: "conflict" });
    });

    test.each([
      ["1000", "1000"],
      ["1005", "100*"],
      ["1999", "1*"],
      ["100*", "100*"],
      ["2", "*"],
      ["+4930123", "+49*"],
      [`+49${"1".repeat(200)}`, "+49*"],
      ["", "*"],
      ["%", "*"],
    ])("dialling %s reaches %s", async (dialled, number) => {
      const { numbers } = await open();
      await Promise.all(["1000", "100*", "1*", "*", "+49*", "10005"].map((each) => numbers.create(sampleNumber(each))));
      expect((await numbers.route(dialled))?.number).toBe(number);
    });

    test("a number that nobody has leads nowhere", async () => {
      const { numbers } = await open();
      await numbers.create(sampleNumber("100*"));
      expect(await numbers.route("10")).toBeUndefined();
    });

    test("lists are filtered by fields that have a column, and by no others", async () => {
      const { numbers } = await open();
      const number = sampleNumber("1000");
      await numbers.create(number);
      const page = { pageSize: 10 };
      expect((await numbers.list(number.customer_id, page, { number: "1000" })).result).toEqual([number]);
      expect((await numbers.list(number.customer_id, page, { number: "1" })).result).toEqual([]);
      await expect(numbers.list(number.customer_id, page, { name: "x" })).rejects.toThrow(/filtered/);
    });

    test("a key is found by its hash", async () => {
      const { accessKeys } = await open();
      const key = sampleKey();
      await accessKeys.create(key);
      expect(await accessKeys.byHash(key.hash)).toEqual(key);
      expect(await accessKeys.byHash("unknown")).toBeUndefined();
    });

    test("a customer's last key stays, also when all go at once", async () => {
      const { accessKeys } = await open();
      const keys = [sampleKey(), sampleKey()].map((key, _, [first = key]) => ({
        ...key,
        customer_id: first.customer_id,
      }));
      const foreign = sampleKey();
      await Promise.all([...keys, foreign].map((key) => accessKeys.create(key)));
      expect(await accessKeys.removeUnlessLast(foreign.id, keys[0]?.customer_id ?? "")).toBe(false);
      const removed = await Promise.all(keys.map((key) => accessKeys.removeUnlessLast(key.id, key.customer_id)));
      expect(removed.toSorted()).toEqual([false, true]);
      expect(await accessKeys.removeUnlessLast(foreign.id, foreign.customer_id)).toBe(false);
    });

    test("an extension is found by its name, and all of them are known", async () => {
      const { extensions } = await open();
      const [first, second] = [sampleExtension("1001"), sampleExtension("anna", { tm_create: at(1) })];
      await Promise.all([first, second].map((extension) => extensions.create(extension)));
      expect(await extensions.byName("anna")).toEqual(second);
      expect(await extensions.byName("Anna")).toBeUndefined();
      expect(await extensions.all()).toEqual([first, second]);
      await expect(extensions.create(sampleExtension("1001"))).rejects.toMatchObject({ fault: "conflict" });
    });

    test("trunks, tags and agents come back as they were stored, one's own and everybody's, oldest first", async () => {
      const { trunks, tags, agents } = await open();
      const { customer_id } = sampleTag("");
      const own = { customer_id, tm_create: at(2) };
      const [trunk, tag, agent] = [sampleTrunk(own), sampleTag("sales", own), sampleAgent(own)];
      const [older, olderAgent] = [sampleTrunk({ customer_id }), sampleAgent({ customer_id })];
      const [foreign, foreignAgent] = [sampleTrunk({ tm_create: at(1) }), sampleAgent({ tm_create: at(1) })];
      await Promise.all([trunk, older, foreign].map((each) => trunks.create(each)));
      await Promise.all([tag, sampleTag("other")].map((each) => tags.create(each)));
      await Promise.all([agent, olderAgent, foreignAgent].map((each) => agents.create(each)));
      expect(await trunks.ofCustomer(customer_id)).toEqual([older, trunk]);
      expect(await trunks.all()).toEqual([older, foreign, trunk]);
      expect(await tags.ofCustomer(customer_id)).toEqual([tag]);
      expect(await agents.ofCustomer(customer_id)).toEqual([olderAgent, agent]);
      expect(await agents.all()).toEqual([olderAgent, foreignAgent, agent]);
    });

    test("a tag's name is unique among its customer's", async () => {
      const { tags } = await open();
      const tag = sampleTag("sales");
      await tags.create(tag);
      await tags.create(sampleTag("sales"));
      const { customer_id } = tag;
      await expect(tags.create(sampleTag("sales", { customer_id }))).rejects.toMatchObject({ fault: "conflict" });
      const other = sampleTag("Sales", { customer_id });
      await tags.create(other);
      await expect(tags.update(other.id, { name: "sales" })).rejects.toMatchObject({ fault: "conflict" });
    });

    test("a request begins once, and is known until its time is over", async () => {
      const { idempotency } = await open();
      const { customer_id, tm_create, tm_update } = sampleKey();
      const request = { id: "hash", customer_id, fingerprint: "print", answer: null, tm_create, tm_update };
      const begun = await Promise.all([1, 2].map(() => idempotency.begin(request, at(-1))));
      expect(begun.toSorted()).toEqual([request, undefined]);
      await idempotency.answer("hash", "sealed");
      expect(await idempotency.begin(request, at(0))).toMatchObject({ answer: "sealed" });
      expect(await idempotency.begin({ ...request, tm_create: at(1) }, at(1))).toBeUndefined();
      await idempotency.forget("hash");
      expect(await idempotency.begin(request, at(-1))).toBeUndefined();
    });
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
