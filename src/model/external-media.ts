import { z } from "zod";

/** How audio goes to a host: by Asterisk itself (RTP), or by us. */
export const mediaCarriers = ["rtp", "audiosocket", "websocket"] as const;
export type MediaCarrier = (typeof mediaCarriers)[number];

/** Asterisk's names of the codecs that each of them can tell its other end. */
export const mediaFormats = {
  rtp: ["ulaw", "alaw", "g722", "slin", "slin16"],
  audiosocket: ["slin", "slin16"],
  websocket: ["ulaw", "alaw", "slin", "slin16"],
} as const satisfies Record<MediaCarrier, readonly string[]>;
export type MediaFormat = (typeof mediaFormats)[MediaCarrier][number];

/** `send`: to the host only; `receive`: into the call only. */
export const mediaDirections = ["both", "send", "receive"] as const;
export type MediaDirection = (typeof mediaDirections)[number];

/** Audio of a call that goes to a host, and comes from it, as it is kept with the call. */
export const externalMediaSchema = z
  .object({
    /** Begins with the id of the run that it serves, and a dot. */
    id: z.string(),
    carrier: z.enum(mediaCarriers),
    /** `host:port`, or a WebSocket's URL, which may hold secrets. */
    host: z.string(),
    format: z.enum(["ulaw", "alaw", "g722", "slin", "slin16"]),
    direction: z.enum(mediaDirections),
    /** AudioSocket: how the host tells this connection from others. */
    uuid: z.uuid().nullable(),
  })
  .readonly();
export type ExternalMedia = z.infer<typeof externalMediaSchema>;

/** Samples a second. */
export const sampleRateOf = (format: MediaFormat): 8_000 | 16_000 =>
  format === "slin16" || format === "g722" ? 16_000 : 8_000;
