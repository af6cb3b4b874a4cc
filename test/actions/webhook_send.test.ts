import webhookSend from "../../src/actions/webhook_send.ts";
import { testOption } from "../support/option.ts";

testOption(webhookSend, {
  accepted: [
    [{ uri: "https://a.test/x" }, { sync: false, method: "POST", data_type: "application/json", data: "" }],
    [{ sync: true, uri: "http://a.test", method: "DELETE", data_type: "text/plain; charset=utf-8", data: "x" }],
  ],
  refused: [
    {},
    { uri: "a.test" },
    { uri: "https://a.test", method: "PATCH" },
    { uri: "https://a.test", data_type: "json" },
    { uri: "https://a.test", data: { a: 1 } },
    { uri: "https://a.test", sync: "true" },
  ],
});
