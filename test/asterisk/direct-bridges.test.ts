import { expect, test } from "vitest";
import type { AriConnection } from "../../src/asterisk/ari/connection.ts";
import type { AriEvent } from "../../src/asterisk/ari/event.ts";
import { directBridgesOn } from "../../src/asterisk/direct-bridges.ts";

const bridge = (id: string, name: string) => ({ id, name });

/** An Asterisk with these bridges. */
function asterisk(...present: readonly object[]) {
  let hear = (_: AriEvent): void => {};
  let reach = (): void => {};
  let looks = 0;
  const list = async () => {
    looks += 1;
    return present;
  };
  const direct = directBridgesOn({
    ari: { bridges: { list } } as unknown as AriConnection["ari"],
    onEvent: (listener) => {
      hear = listener;
      return () => {};
    },
    onState: (listener) => {
      reach = () => listener({ kind: "up", sinceMs: 0 });
      return () => {};
    },
  });
  return {
    direct,
    looks: () => looks,
    reach: () => reach(),
    destroyed: (id: string) => hear({ type: "BridgeDestroyed", bridge: bridge(id, "direct") } as unknown as AriEvent),
  };
}

test("there is one from its opening to its end, and Asterisk is not asked", async () => {
  const { direct, looks, destroyed } = asterisk();
  expect(await direct.areAny()).toBe(false);
  direct.opened("one");
  expect(await direct.areAny()).toBe(true);
  destroyed("other");
  expect(await direct.areAny()).toBe(true);
  destroyed("one");
  expect(await direct.areAny()).toBe(false);
  expect(looks()).toBe(0);
});

test.each([
  ["direct", true],
  ["", false],
])("of an earlier process's bridge, named %j, Asterisk is asked once it is reached", async (name, expected) => {
  const { direct, looks, reach } = asterisk(bridge("earlier", name));
  reach();
  expect([await direct.areAny(), await direct.areAny(), looks()]).toEqual([expected, expected, 1]);
});

test("one that ended while Asterisk was out of reach is forgotten once it is reached", async () => {
  const { direct, reach } = asterisk(bridge("other", ""));
  direct.opened("one");
  reach();
  expect(await direct.areAny()).toBe(false);
});
