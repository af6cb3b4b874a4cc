import { expect, test } from "vitest";
import externalMediaStart from "../../src/actions/external_media_start.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

const UUID = "40325ec2-5efd-4bd3-805f-53576e581d13";

testOption(externalMediaStart, {
  accepted: [
    [
      { external_host: "192.0.2.1:8000" },
      { carrier: "rtp", host: "192.0.2.1:8000", format: "ulaw", direction: "both", uuid: null },
    ],
    [{ external_host: "[2001:db8::1]:8000", encapsulation: "", transport: "", format: "" }, { carrier: "rtp" }],
    [
      { external_host: "h:1", transport: "udp", format: "g722", data: "x" },
      { format: "g722", uuid: null },
    ],
    [
      { external_host: "h:1", encapsulation: "audiosocket", data: UUID },
      { format: "slin", uuid: UUID },
    ],
    [
      { external_host: "h:1", transport: "tcp", format: "slin16" },
      { carrier: "audiosocket", uuid: null },
    ],
    [{ external_host: "h:1", format: "slin16", direction: "send" }, { format: "slin16" }],
    [{ external_host: "wss://h/a?key=b" }, { carrier: "websocket", format: "ulaw" }],
    [{ external_host: "ws://h/", encapsulation: "none", transport: "websocket", data: "" }, { carrier: "websocket" }],
    [{ external_host: "h:1", connection_type: "client", direction: "send" }, { direction: "send" }],
    [{ external_host: "h:1", connection_type: "", direction: "receive" }, { direction: "receive" }],
  ],
  refused: [
    {},
    { external_host: "" },
    { external_host: "a b" },
    { external_host: "h" },
    { external_host: "http://h/" },
    { external_host: "ws://h/", encapsulation: "rtp" },
    { external_host: "h:1", transport: "websocket" },
    { external_host: "h:1", encapsulation: "srt" },
    { external_host: "h:1", transport: "sctp" },
    { external_host: "h:1", encapsulation: "rtp", transport: "tcp" },
    { external_host: "h:1", connection_type: "server" },
    { external_host: "h:1", format: "opus" },
    { external_host: "h:1", encapsulation: "audiosocket", format: "ulaw" },
    { external_host: "h:1", encapsulation: "audiosocket", data: "call 1" },
    { external_host: "ws://h/", format: "g722" },
    { external_host: "h:1", direction: "in" },
    { external_host: "h:1", format: "slin16" },
    { external_host: "h:1", format: "slin16", direction: "receive" },
  ],
});

test("what is asked of the host is asked of the port, and the flow goes on", async () => {
  const step = createStep(externalMediaStart, { external_host: "h:1", direction: "send" }, { status: "progressing" });
  expect(await step.run()).toEqual(next);
  const order = { carrier: "rtp", host: "h:1", format: "ulaw", direction: "send", uuid: null };
  expect(step.log).toEqual([`externalMedia.start ${JSON.stringify(order)}`]);
});
