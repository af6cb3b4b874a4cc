import { ExternalMediaError } from "../../ports/external-media.ts";
import type { MediaLines } from "../../ports/media-lines.ts";
import type { OutboundMedia } from "../../ports/outbound-media.ts";
import { type CarriedMedia, type Carrier, explainMedia, hostOf } from "./carrier.ts";

/** RTP: the switch itself carries it, also while we are away. */
export function lineCarrier(lines: MediaLines, outbound: OutboundMedia): Carrier {
  const open = new Map<string, CarriedMedia>();
  lines.onEnded((id) => {
    const carried = open.get(id);
    open.delete(id);
    carried?.onEnd(endedBy(carried));
  });

  return {
    async open(carried) {
      const { media, call, signal } = carried;
      const close = async () => {
        open.delete(media.id);
        await lines.close(media.id);
      };
      try {
        const address = await outbound.resolve(media.host, signal);
        open.set(media.id, carried);
        const { id, format, direction } = media;
        await lines.open(call.channel_id, { id, address, format, direction }, signal);
      } catch (error) {
        await close();
        signal.throwIfAborted();
        throw explainMedia(error, media);
      }
      return { [Symbol.asyncDispose]: close };
    },
  };
}

function endedBy({ media }: CarriedMedia): ExternalMediaError {
  const host = hostOf(media);
  return new ExternalMediaError("ended", host, `${host} ended it`, "see why the server there hung up");
}
