import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { isObject, maybe, orElse } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";
import { type MediaCarrier, mediaCarriers, mediaDirections, mediaFormats } from "../model/external-media.ts";

/** What carries audio in which wrapping, by the carrier that it makes. */
const WIRE = {
  rtp: { encapsulation: "rtp", transport: "udp" },
  audiosocket: { encapsulation: "audiosocket", transport: "tcp" },
  websocket: { encapsulation: "none", transport: "websocket" },
} as const;
const DEFAULT_FORMAT = { rtp: "ulaw", audiosocket: "slin", websocket: "ulaw" } as const;

const HOST_AND_PORT = /^([^\s:/[\]]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/;
const WEBSOCKET_URL = /^wss?:\/\/\S+$/i;
const formatList = mediaCarriers.map((carrier) => `${carrier}: ${mediaFormats[carrier].join(", ")}`).join("; ");

type Written = {
  readonly external_host: string;
  readonly encapsulation?: string | undefined;
  readonly transport?: string | undefined;
  readonly format?: string | undefined;
  readonly direction?: string | undefined;
  readonly data?: string | undefined;
};

const option = z
  .strictObject({
    external_host: z
      .string()
      .min(1)
      .max(2048)
      .describe("Where the audio goes: `host:port`, or for a WebSocket its `ws://` or `wss://` URL."),
    encapsulation: maybe(z.enum(["rtp", "audiosocket", "none"])).describe(
      "How the audio is wrapped; `none` is for a WebSocket. When absent, as `transport` or the host says, else `rtp`.",
    ),
    transport: maybe(z.enum(["udp", "tcp", "websocket"])).describe(
      "What carries it: RTP goes by `udp`, AudioSocket by `tcp`. When absent, as `encapsulation` or the host says.",
    ),
    connection_type: orElse(
      "client",
      z.enum(["client"], "`client`: it is we who connect, nobody can connect to us"),
    ).describe("Who connects: `client`, that is we. Nothing else is possible."),
    format: maybe(z.enum(["ulaw", "alaw", "g722", "slin", "slin16"])).describe(
      `Codec (${formatList}); when absent \`slin\` for AudioSocket, else \`ulaw\`. \`slin\` is 16-bit audio of 8 kHz, \`slin16\` of 16 kHz. By RTP Asterisk sends \`slin16\`, but can't receive it: \`g722\` goes both ways.`,
    ),
    direction: orElse("both", z.enum(mediaDirections)).describe(
      "`send`: what the caller says goes to the host; `receive`: the caller hears the host; or both.",
    ),
    data: z
      .string()
      .max(2048)
      .optional()
      .describe("For AudioSocket the UUID that the host is told; else kept for later."),
  })
  .refine((value) => fitting(value).length > 0, {
    path: ["encapsulation"],
    error: "one that `transport` can carry: rtp by udp, audiosocket by tcp, or none by websocket",
    when: isObject,
  })
  .refine((value) => (carrierOf(value) === "websocket" ? WEBSOCKET_URL : HOST_AND_PORT).test(value.external_host), {
    path: ["external_host"],
    error: "`host:port`, such as 192.0.2.1:8000, or a `ws://` or `wss://` URL for a WebSocket",
    when: isObject,
  })
  .refine((value) => value.format === undefined || formatsOf(carrierOf(value)).includes(value.format), {
    path: ["format"],
    error: `a codec that this carries: ${formatList}`,
    when: isObject,
  })
  // It knows only payload types that are fixed, and none of these is wideband linear audio.
  .refine((value) => value.format !== "slin16" || value.direction === "send" || carrierOf(value) !== "rtp", {
    path: ["format"],
    error: "not slin16 by RTP, unless the direction is send: g722 goes both ways",
    when: isObject,
  })
  .refine((value) => carrierOf(value) !== "audiosocket" || !value.data || z.uuid().safeParse(value.data).success, {
    path: ["data"],
    error: "a UUID, by which the AudioSocket's host tells this call from others",
    when: isObject,
  })
  .transform(({ external_host, format, direction, data, ...wire }) => {
    const carrier = carrierOf({ external_host, ...wire });
    const uuid = carrier === "audiosocket" && data ? data : null;
    return { carrier, host: external_host, format: format ?? DEFAULT_FORMAT[carrier], direction, uuid };
  });

export default defineAction({
  type: "external_media_start",
  summary: "Streams the call's audio to and from another host, until the call ends or `external_media_stop`.",
  uses: ["externalMedia"],
  option,
  examples: [
    { external_host: "192.168.1.100:8000", format: "ulaw", direction: "both" },
    { external_host: "wss://example.com/audio", format: "slin16" },
    { external_host: "192.168.1.100:9092", encapsulation: "audiosocket", transport: "tcp", direction: "send" },
  ],
  wantsAnswer: true,
  async run({ option, externalMedia }) {
    await externalMedia.start(option);
    return next;
  },
});

/** Carriers of which this may be written; a text with a variable in it may become any. */
function fitting({ encapsulation, transport }: Written): readonly MediaCarrier[] {
  const may = (written: string | undefined, names: readonly string[], name: string) =>
    written === name || !names.includes(written ?? "");
  const encapsulations = Object.values(WIRE).map((wire) => wire.encapsulation);
  const transports = Object.values(WIRE).map((wire) => wire.transport);
  return mediaCarriers.filter(
    (carrier) =>
      may(encapsulation, encapsulations, WIRE[carrier].encapsulation) &&
      may(transport, transports, WIRE[carrier].transport),
  );
}

function carrierOf(written: Written): MediaCarrier {
  const [first = "rtp", ...others] = fitting(written);
  if (others.length === 0) return first;
  return WEBSOCKET_URL.test(written.external_host) ? "websocket" : first;
}

const formatsOf = (carrier: MediaCarrier): readonly string[] => mediaFormats[carrier];
