import { pino } from "pino";
import { expect, test } from "vitest";
import type { AriConnection } from "../../src/asterisk/ari/connection.ts";
import type { AriState } from "../../src/asterisk/ari/connection-state.ts";
import { snoopsOn } from "../../src/asterisk/snoops.ts";

test("after a time away it knows what is listened to: who left is forgotten, what an earlier process made is found", async () => {
  let listed = [{ id: "a", name: "PJSIP/anna-00000001" }];
  let tellState = (_state: AriState) => {};
  const channels = { list: async () => listed, get: async () => listed[0], snoopChannelWithId: async () => {} };
  const snoops = snoopsOn(
    {
      ari: { channels },
      onEvent: () => {},
      onState: (listener: typeof tellState) => {
        tellState = listener;
      },
    } as unknown as AriConnection,
    pino({ level: "silent" }),
  );
  await snoops.make({ channelId: "a", snoopId: "s", app: "ringdown" });
  expect(await snoops.areAt("a")).toBe(true);
  listed = [{ id: "s2", name: "Snoop/b-00000002" }];
  tellState({ kind: "up" } as AriState);
  expect([await snoops.areAt("a"), await snoops.areAt("b"), snoops.areAny()]).toEqual([false, true, true]);
});
