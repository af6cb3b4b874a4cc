import externalMediaStart from "../../src/actions/external_media_start.ts";
import { testOption } from "../support/option.ts";

testOption(externalMediaStart, {
  accepted: [
    [
      { external_host: "192.0.2.1:8000" },
      { encapsulation: "rtp", transport: "udp", connection_type: "client", format: "ulaw", direction: "both" },
    ],
    [
      {
        external_host: "ws://h/",
        encapsulation: "none",
        transport: "websocket",
        connection_type: "server",
        format: "slin16",
        direction: "send",
        data: "",
      },
    ],
  ],
  refused: [
    {},
    { external_host: "" },
    { external_host: "a b" },
    { external_host: "h:1", encapsulation: "srt" },
    { external_host: "h:1", transport: "sctp" },
    { external_host: "h:1", connection_type: "peer" },
    { external_host: "h:1", format: "u law" },
    { external_host: "h:1", direction: "in" },
  ],
});
