import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { orElse } from "../flow/option.ts";

export default defineAction({
  type: "external_media_start",
  summary: "Streams the call's audio to and from another host, until the call ends or `external_media_stop`.",
  uses: ["call"],
  option: z.strictObject({
    external_host: z
      .string()
      .min(1)
      .max(2048)
      .regex(/^\S+$/, "a host and port, or a WebSocket's URL")
      .describe("Where the audio goes: `host:port`, or the URL of a WebSocket."),
    encapsulation: orElse("rtp", z.enum(["rtp", "audiosocket", "none"])).describe("How the audio is wrapped."),
    transport: orElse("udp", z.enum(["udp", "tcp", "websocket"])).describe("What carries it."),
    connection_type: orElse("client", z.enum(["client", "server"])).describe(
      "Who connects: we are the client, or the server.",
    ),
    format: orElse(
      "ulaw",
      z.string().regex(/^[a-z0-9]{1,16}$/, "a codec of Asterisk, such as ulaw or slin16"),
    ).describe("Codec, by Asterisk's name."),
    direction: orElse("both", z.enum(["both", "send", "receive"])).describe(
      "`send` to the host only, `receive` into the call only, or both.",
    ),
    data: z.string().max(2048).optional().describe("Kept for later."),
  }),
  examples: [{ external_host: "192.168.1.100:8000", format: "ulaw", direction: "both" }],
  wantsAnswer: true,
});
