import { describe, expect, test } from "vitest";
import { opener } from "./storage-opened.ts";
import { at, sampleChatbot, sampleChatbotcall, sampleFact } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

export function chatbotTests(harness: StorageHarness): void {
  describe("chatbots and talks with them", () => {
    const { open } = opener(harness);

    test("a chatbot is kept with its script and its key", async () => {
      const storage = await open();
      const script = [
        { match: "^hours", reply: "Until nine. 😀" },
        { match: "bye", reply: [{ type: "hangup", option: { reason: "normal" } }] },
      ];
      const chatbot = sampleChatbot({ script, engine_key: "secret" });
      await storage.chatbots.create(chatbot);
      expect(await storage.chatbots.get(chatbot.id, chatbot.customer_id)).toEqual(chatbot);
    });

    test("what is said in a talk is stored with its facts; what is said in none is refused", async () => {
      const storage = await open();
      const talk = sampleChatbotcall();
      const facts = [sampleFact({ activeflow_id: talk.activeflow_id, call_id: talk.reference_id }, {})];
      await storage.chatbotcalls.create(talk, facts);
      const messages = [
        { role: "user", text: "hello", at: at(1) },
        { role: "assistant", text: "Yes?", at: at(2), interrupted: true },
      ] as const;
      await storage.chatbotcalls.save(talk.id, { messages }, facts);
      expect(await storage.chatbotcalls.get(talk.id)).toEqual({ ...talk, messages });
      expect(await storage.timeline.ofCall(talk.reference_id)).toHaveLength(2);
      await expect(storage.chatbotcalls.save(sampleChatbotcall().id, {}, [])).rejects.toMatchObject({
        fault: "unknown",
      });
    });

    test("those that are not over are found, of every customer; any can be removed by its own", async () => {
      const storage = await open();
      const [live, over] = [sampleChatbotcall(), sampleChatbotcall({ status: "end", tm_end: at(3) })];
      for (const talk of [live, over]) await storage.chatbotcalls.create(talk, []);
      expect(await storage.chatbotcalls.live()).toEqual([live]);
      const { chatbot_id, customer_id } = over;
      const listed = await storage.chatbotcalls.list(customer_id, { pageSize: 10 }, { chatbot_id, status: "end" });
      expect(listed.result).toEqual([over]);
      expect(await storage.chatbotcalls.remove(over.id, live.customer_id)).toBe(false);
      expect(await storage.chatbotcalls.remove(over.id, customer_id)).toBe(true);
      expect(await storage.chatbotcalls.get(over.id)).toBeUndefined();
    });
  });
}
