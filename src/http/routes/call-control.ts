import { z } from "zod";
import { language, speechText } from "../../flow/option.ts";
import { shownCallSchema } from "../../model/call.ts";
import { muteDirections } from "../../model/mute.ts";
import type { CallOperation } from "../../ports/engine-control.ts";
import type { Api, HttpServices } from "../services.ts";
import { found, idParameters } from "./resource.ts";

const muteBody = z
  .strictObject({
    direction: z
      .enum(muteDirections)
      .optional()
      .describe("`in`: what it says, `out`: what it hears. `both` if absent."),
  })
  .nullish();

const talkBody = z.strictObject({
  text: speechText,
  language: language.default("en-US").describe("Language, such as `en-US` or `en`."),
  provider: z
    .enum(["gcp", "aws", "local"])
    .default("gcp")
    .describe("Who speaks, if configured. When it can't, the others follow."),
  voice_id: z.string().max(255).optional().describe("A voice of that provider; the others take their own."),
});

/** Nothing can be said of these operations: whoever tries is told, instead of being passed over. */
const emptyBody = z.strictObject({}).nullish();

/** Operations that need no more than a name: at a path, what POST does and what DELETE does. */
const SIMPLE = {
  hold: {
    post: {
      type: "hold",
      operationId: "hold_call",
      summary: "Puts the other side on hold: its phone is told, and music plays",
    },
    delete: { type: "unhold", operationId: "unhold_call", summary: "Takes the other side from hold" },
  },
  moh: {
    post: {
      type: "start_music",
      operationId: "start_call_music",
      summary: "Plays music on hold, instead of what a bridge has to say",
    },
    delete: {
      type: "stop_music",
      operationId: "stop_call_music",
      summary: "Stops the music; a call on hold keeps it",
    },
  },
  silence: {
    post: {
      type: "start_silence",
      operationId: "start_call_silence",
      summary: "Plays silence, instead of what a bridge has to say",
    },
    delete: { type: "stop_silence", operationId: "stop_call_silence", summary: "Stops the silence" },
  },
} as const;

const WHEN =
  "The call must be up. What its flow plays just now is heard to its end before; the flow itself takes no notice. Asked for again, it changes nothing.";

/** What a live call hears and says, changed from outside. */
export function callControlRoutes(api: Api, { storage, engine }: HttpServices): void {
  async function operate(id: string, customerId: string, operation: CallOperation) {
    const call = found(await storage.calls.get(id, customerId), "call");
    return engine.operateCall(call.id, operation);
  }

  for (const [path, { post, delete: end }] of Object.entries(SIMPLE)) {
    api.post(`/calls/:id/${path}`, {
      schema: { ...describe(post.operationId, post.summary), body: emptyBody },
      handler: async ({ params, customerId }) => operate(params.id, customerId, { type: post.type }),
    });
    api.delete(`/calls/:id/${path}`, {
      schema: { ...describe(end.operationId, end.summary), body: emptyBody },
      handler: async ({ params, customerId }) => operate(params.id, customerId, { type: end.type }),
    });
  }

  api.post("/calls/:id/mute", {
    schema: { ...describe("mute_call", "Mutes the call, in one direction or in both"), body: muteBody },
    handler: async ({ params, customerId, body }) =>
      operate(params.id, customerId, { type: "mute", direction: body?.direction ?? "both" }),
  });
  api.delete("/calls/:id/mute", {
    schema: { ...describe("unmute_call", "Ends the muting, in one direction or in both"), body: muteBody },
    handler: async ({ params, customerId, body }) =>
      operate(params.id, customerId, { type: "unmute", direction: body?.direction ?? "both" }),
  });
  api.post("/calls/:id/talk", {
    schema: {
      ...describe("talk_to_call", "Speaks to the other side, over whatever it hears"),
      description: "The answer comes when the words begin; the timeline tells their end. The flow takes no notice.",
      body: talkBody,
    },
    handler: async ({ params, customerId, body: { voice_id: voice, ...request } }) =>
      operate(params.id, customerId, { type: "talk", speech: { ...request, voice } }),
  });
}

const describe = (operationId: string, summary: string) => ({
  tags: ["calls"],
  operationId,
  summary,
  description: WHEN,
  params: idParameters,
  response: { 200: shownCallSchema },
});
