import chatbotTalk from "../../src/actions/chatbot_talk.ts";
import { testOption } from "../support/option.ts";

testOption(chatbotTalk, {
  accepted: [
    [{ chatbot_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }, { language: "en-US", duration: 0 }],
    [
      { chatbot_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", gender: "", language: "ko-KR", duration: 300 },
      { gender: undefined },
    ],
  ],
  refused: [
    {},
    { chatbot_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", gender: "robot" },
    { chatbot_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", duration: -1 },
    { chatbot_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", language: "korean" },
  ],
});
