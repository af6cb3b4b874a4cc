import connectAction from "../../src/actions/connect.ts";
import { testOption } from "../support/option.ts";

testOption(connectAction, {
  accepted: [
    [
      { destinations: [{ type: "tel", target: "+4930123456" }] },
      { early_media: false, relay_reason: false, timeout: 60_000 },
    ],
    [
      {
        source: { type: "tel", target: "+4930123456" },
        destinations: [{ type: "agent", target: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }],
        early_media: true,
        relay_reason: true,
        timeout: 20_000,
      },
    ],
  ],
  refused: [
    {},
    { destinations: [] },
    { destinations: { type: "tel", target: "+4930123456" } },
    { destinations: [{ target: "+4930" }] },
    { destinations: [{ type: "tel", target: "+4930123456" }], timeout: 999 },
    { destinations: [{ type: "tel", target: "+4930123456" }], relay_reason: "busy" },
  ],
});
