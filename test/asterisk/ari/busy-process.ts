import { connectionTo } from "./support.ts";

/** A process that makes and ends calls without a pause, until it is killed; writes "busy" when it begins. */
const connection = connectionTo({ environment: JSON.parse(process.argv[2] ?? "{}") });
await connection.start();
await connection.whenUp(AbortSignal.timeout(10_000));
process.stdout.write("busy\n");

const call = async (channelId: string) => {
  const { channels } = connection.ari;
  await channels.originateWithId({ channelId, endpoint: "Local/answer@inbound", app: "ringdown" });
  await Promise.allSettled(
    Array.from({ length: 20 }, (_value, index) =>
      channels.setChannelVar({ channelId, variable: `V${index}`, value: "x" }),
    ),
  );
  await channels.hangup({ channelId });
};

for (let round = 0; ; round += 1)
  await Promise.allSettled(Array.from({ length: 5 }, (_value, index) => call(`${process.pid}-${round}-${index}`)));
