import conversationSend from "../../src/actions/conversation_send.ts";
import { testOption } from "../support/option.ts";

testOption(conversationSend, {
  accepted: [
    [{ conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", text: "hello" }, { sync: false }],
    [{ conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", text: "hello", sync: true }],
  ],
  refused: [
    { text: "hello" },
    { conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" },
    { conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", text: "" },
    { conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", text: "hello", sync: 1 },
  ],
});
