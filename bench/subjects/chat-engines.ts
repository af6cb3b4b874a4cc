import { once } from "node:events";
import { createServer } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { startEndpointServer } from "../../test/contract/endpoint-server.ts";
import { startPollyServer } from "../../test/contract/polly-server.ts";
import { startChatServer } from "../../test/support/chat-server.ts";
import { nextAddress } from "../../test/support/loopback.ts";
import { tone } from "../../test/support/tones.ts";

/** What is not ours in the time from a caller's word to the reply, ms: how long each engine takes, the same each time. */
export const ENGINES_MS = { understands: 100, thinks: 100, speaks: 100 } as const;

export type ChatEngines = Disposable & {
  /** What Ringdown needs to find them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the model is, and the server of a user who thinks by himself. */
  readonly modelUrl: string;
  readonly webhookUrl: string;
  /** How long a reply sounds from now on. */
  replyFor(durationMs: number): void;
};

const KEY = "AKIDEXAMPLE";
const WEBHOOK_PORT = 8_100;
const SAMPLE_RATE_HZ = 16_000;
/** All of a reply, as fast as it can be sent. */
const ALL_BYTES = 10_000_000;

/** A recognizer, a model and a voice at this machine, each with a constant delay. */
export async function startChatEngines(): Promise<ChatEngines> {
  const recognizer = await startEndpointServer(nextAddress());
  recognizer.answerWith(async (text) => {
    await pause(ENGINES_MS.understands);
    return { text };
  });
  let replies = 0;
  // No text twice: what was spoken before is not spoken again.
  const nextReply = () => `This is reply ${++replies}. `;
  const model = await startChatServer(nextAddress(), () => [ENGINES_MS.thinks, nextReply()]);
  const webhook = await startWebhook(nextReply);
  const voice = await startPollyServer(nextAddress(), KEY);
  const replyFor = (durationMs: number): void => {
    const sound = Buffer.from(tone(850, durationMs, SAMPLE_RATE_HZ).buffer);
    voice.sendAtPace({ sound: () => sound, bytes: ALL_BYTES, everyMs: 0, firstMs: ENGINES_MS.speaks });
  };
  return {
    environment: {
      ...{ RINGDOWN_STT_LOCAL_URL: recognizer.url, RINGDOWN_STT_PROVIDERS: "local" },
      ...{ RINGDOWN_AWS_ENDPOINT: voice.endpoint, RINGDOWN_TTS_PROVIDERS: "aws" },
      ...{ AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: "not-a-secret", AWS_REGION: "eu-central-1" },
    },
    modelUrl: model.url,
    webhookUrl: webhook.url,
    replyFor,
    [Symbol.dispose]() {
      for (const server of [recognizer, model, webhook, voice]) server.close();
    },
  };
}

const askedSchema = z.looseObject({ text: z.string() });

/** A webhook that lets the caller begin, and then thinks as long as the model. */
async function startWebhook(nextReply: () => string) {
  const address = nextAddress();
  const server = createServer(async (request, response) => {
    const asked = askedSchema.parse(JSON.parse(await textOf(request)));
    if (asked.text === "") return void response.writeHead(204).end();
    await pause(ENGINES_MS.thinks);
    response.end(JSON.stringify({ reply: nextReply() }));
  }).listen(WEBHOOK_PORT, address);
  await once(server, "listening");
  return {
    url: `http://${address}:${WEBHOOK_PORT}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
