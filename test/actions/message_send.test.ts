import messageSend from "../../src/actions/message_send.ts";
import { testOption } from "../support/option.ts";

testOption(messageSend, {
  accepted: [
    [{ destinations: [{ type: "tel", target: "+4930123456" }], text: "hello" }],
    [
      {
        source: { type: "tel", target: "+4930123456" },
        destinations: [{ type: "sip", target: "sip:a@b.test" }],
        text: "hello",
      },
    ],
  ],
  refused: [
    { destinations: [{ type: "tel", target: "+4930123456" }] },
    { destinations: [], text: "hello" },
    { destinations: [{ type: "tel", target: "+4930123456" }], text: "" },
  ],
});
