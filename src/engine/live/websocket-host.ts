/**
 * Audio of a call over a user's WebSocket.
 *
 * 1. First comes a JSON text message that says what follows: `{"event":"start", …}`. Then binary messages are audio, both
 *    ways: 20 ms each from us, of any length from the host.
 * 2. The host may send audio faster than it is heard; what is too much waits in its connection. `{"event":"clear"}` from it
 *    throws away what has not been heard. Whatever else it says is no audio, and is told once.
 * 3. A last `{"event":"stop", …}` says why it ends.
 */
import { sampleRateOf } from "../../model/external-media.ts";
import type { OutboundMedia } from "../../ports/outbound-media.ts";
import { type CarriedMedia, messageOf } from "./carrier.ts";
import { FRAME_MS } from "./framing.ts";
import type { ConnectHost } from "./host.ts";

export const websocketHost =
  (outbound: OutboundMedia): ConnectHost =>
  async (carried) => {
    const { media, signal, onTrouble } = carried;
    const socket = await outbound.connect(media.host, signal);
    const say = (message: object) => socket.send(JSON.stringify(message));
    let clear = () => {};
    socket.onText((text) => {
      if (eventIn(text) === "clear") {
        socket.forget();
        clear();
        return;
      }
      onTrouble(
        "it sent text that is no command",
        'send audio in binary messages; the one command is {"event":"clear"}',
      );
    });
    say(startMessage(carried));
    return {
      audio: socket.data,
      send: (frame) => socket.send(frame),
      onClear(listener) {
        clear = listener;
      },
      signal: socket.signal,
      async [Symbol.asyncDispose]() {
        say({ event: "stop", reason: signal.aborted ? messageOf(signal.reason) : "it has ended" });
        await socket[Symbol.asyncDispose]();
      },
    };
  };

const startMessage = ({ call, media: { id, format, direction } }: CarriedMedia) => ({
  event: "start",
  media_id: id,
  call_id: call.id,
  activeflow_id: call.activeflow_id,
  format,
  sample_rate: sampleRateOf(format),
  frame_ms: FRAME_MS,
  direction,
});

function eventIn(text: string): unknown {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === "object" && message !== null && "event" in message ? message.event : undefined;
  } catch {
    return undefined;
  }
}
