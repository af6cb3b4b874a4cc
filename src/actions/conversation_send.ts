import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { resource } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";
import type { MessageTarget } from "../model/message.ts";

export default defineAction({
  type: "conversation_send",
  summary: "Sends a text to a conversation.",
  uses: ["conversations", "messages", "timeline"],
  option: z.strictObject({
    conversation_id: resource.describe("The conversation. It goes to its `peer`, from its `self`."),
    text: z.string().min(1).max(32_768).describe("What to send."),
    sync: z
      .boolean()
      .default(false)
      .describe(
        "Whether to wait until it has arrived, at most `RINGDOWN_MESSAGE_DEADLINE_MS`; where nobody tells that (SIP, a gateway without reports), until it has been sent.",
      ),
  }),
  examples: [
    {
      conversation_id: "b5ef5e64-f7ca-11ec-bbe9-9f74186a2a72",
      text: "hello world, this is test message.",
      sync: false,
    },
  ],
  mentions: ({ conversation_id }) => ({ conversation_id: { kind: "conversation", target: conversation_id } }),
  async run({ option: { conversation_id, text, sync }, conversations, messages, timeline, memo, signal }) {
    const conversation = await conversations.find(conversation_id);
    if (!conversation) {
      throw new ActionError(
        `you have no conversation ${conversation_id}: GET /conversations lists those that you have`,
      );
    }
    const { id, self, peer } = conversation;
    const add = () => messages.add({ source: self, destinations: [peer], text, conversation_id: id });
    // To wait for it, it must be stored: the memo is what stores it.
    const message_id = sync ? await memo("message", add) : add();
    timeline.add("note", { message_id, conversation_id: id });
    if (!sync) return next;
    const message = await messages.settled(message_id, signal);
    if (!message) throw new ActionError("the message has been removed");
    for (const target of message.targets) throwUnlessArrived(target);
    return next;
  },
});

/** @throws ActionError */
function throwUnlessArrived({ status, awaits_report, error, ...target }: MessageTarget): void {
  const [remedy, provider] = [target.remedy ?? undefined, target.provider ?? undefined];
  if (status === "queued") throw new ActionError("it has not been sent in time; it still may be", { remedy: LATER });
  if (error !== null) throw new ActionError(error, { remedy, provider });
  if (!awaits_report) return;
  throw new ActionError("the gateway has not said in time whether it has arrived", { remedy: LATER, provider });
}

const LATER =
  "see later what became of it: GET /messages/{id}; RINGDOWN_MESSAGE_DEADLINE_MS says how long a flow waits for it";
