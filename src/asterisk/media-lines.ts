/** Lines between calls and other hosts: Asterisk's own RTP, in a bridge with a channel that listens to the call. */
import type { MediaLine, MediaLines } from "../ports/media-lines.ts";
import { askThrough } from "./ask.ts";
import { leftBy } from "./left-by.ts";
import { exists } from "./snoops.ts";
import type { SteadySending } from "./steady-sending.ts";
import { servantOf, type TapParts, tapIds, taps } from "./taps.ts";

export type MediaLinesSettings = TapParts & { readonly sending: SteadySending };

export function asteriskMediaLines(settings: MediaLinesSettings): MediaLines {
  const { connection, application, sending } = settings;
  const { channels } = connection.ari;
  const ask = askThrough(connection);
  const { listen, join, close } = taps(settings);
  /** Lines that are open, by the channels without which they are none, with what holds their call's sound. */
  const open = new Map<string, AsyncDisposableStack>();
  let tellEnded: (lineId: string) => void = () => {};

  connection.onEvent((event) => {
    const lineId = leftBy(event)?.replace(/\.media$/, "");
    if (lineId !== undefined && open.has(lineId)) tellEnded(lineId);
  });

  async function make(channelId: string, line: MediaLine, signal: AbortSignal): Promise<void> {
    const ids = tapIds(line.id);
    const receives = line.direction === "receive";
    await listen(ids, channelId, { heard: receives ? "none" : "in", speaks: line.direction !== "send" }, signal);
    // Asked first: a channel that there is makes Asterisk fail as a wrong address does.
    if (!(await ask("openLine", signal, () => exists(channels.get({ channelId: ids.media }, { signal }))))) {
      await ask("openLine", signal, () =>
        channels.externalMedia({
          channelId: ids.media,
          app: servantOf(application),
          external_host: line.address,
          encapsulation: "rtp",
          transport: "udp",
          connection_type: "client",
          format: line.format,
        }),
      );
    }
    await join(ids, [ids.snoop, ids.media], signal);
    // A host learns where to send to from what comes: silence, since it is to hear nothing of the call.
    if (receives) await ask("openLine", signal, () => channels.startSilence({ channelId: ids.media }));
  }

  return {
    onEnded(listener) {
      tellEnded = listener;
    },
    async open(channelId, line, signal) {
      const held = new AsyncDisposableStack();
      open.set(line.id, held);
      await make(channelId, line, signal);
      if (line.direction !== "send") held.use(await sending.hold(channelId, { brief: false, resumed: true }, signal));
    },
    async close(lineId) {
      const held = open.get(lineId);
      open.delete(lineId);
      await held?.disposeAsync();
      await close(tapIds(lineId));
    },
  };
}
