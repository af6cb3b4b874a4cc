/**
 * Audio of a call over AudioSocket, as Asterisk speaks it; by us, because Asterisk holds the lock of a channel while it waits
 * for the host's next word (its issues 2078 and 2089): a host that says nothing would stop all calls.
 */
import type { OutboundConnection, OutboundMedia } from "../../ports/outbound-media.ts";
import {
  AudioSocketKind,
  type AudioSocketMessage,
  audioSocketMessage,
  audioSocketMessages,
} from "./audiosocket-messages.ts";
import type { CarriedMedia } from "./carrier.ts";
import type { ConnectHost } from "./host.ts";

export const audiosocketHost =
  (outbound: OutboundMedia): ConnectHost =>
  async (carried) => {
    const { media, signal } = carried;
    const connection = await outbound.dial(media.host, signal);
    const kind = media.format === "slin16" ? AudioSocketKind.slin16 : AudioSocketKind.slin;
    const hungUp = new AbortController();
    connection.send(audioSocketMessage(AudioSocketKind.uuid, bytesOf(media.uuid ?? "")));
    return {
      audio: audioOf(connection, kind, carried, () => hungUp.abort(new Error(`${media.host} hung up`))),
      send: (frame) => connection.send(audioSocketMessage(kind, frame)),
      onClear() {},
      signal: AbortSignal.any([connection.signal, hungUp.signal]),
      async [Symbol.asyncDispose]() {
        connection.send(audioSocketMessage(AudioSocketKind.hangup));
        await connection[Symbol.asyncDispose]();
      },
    };
  };

async function* audioOf(
  connection: OutboundConnection,
  kind: number,
  { onTrouble }: CarriedMedia,
  onHangup: () => void,
): AsyncGenerator<Uint8Array> {
  const wholeMessages = audioSocketMessages();
  for await (const bytes of connection.data) {
    for (const message of wholeMessages(bytes)) {
      if (message.kind === kind) yield message.content;
      else if (message.kind === AudioSocketKind.hangup) onHangup();
      else onTrouble(wrong(message), `send audio in messages of kind ${inHex(kind)}, 20 ms each`);
    }
  }
}

const wrong = ({ kind, content }: AudioSocketMessage): string =>
  kind === AudioSocketKind.error
    ? `it sent an error (${Buffer.from(content).toString("hex")})`
    : `it sent a message of kind ${inHex(kind)}, which is not audio of this format`;

const inHex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;

const bytesOf = (uuid: string): Uint8Array => Buffer.from(uuid.replaceAll("-", ""), "hex");
