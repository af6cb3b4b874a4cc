/** A provider of SMS such as there are many: JSON, a key in a header, its own names for things. */
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { TwilioTrouble } from "./twilio-server.ts";

export const PROVIDER_KEY = "key-of-the-provider";
export const PROVIDER_SECRET = "secret-of-the-provider";

const requestSchema = z.strictObject({
  sender: z.string(),
  recipient: z.string(),
  content: z.string(),
  client_ref: z.string(),
  callback: z.string(),
});
type Accepted = z.infer<typeof requestSchema>;

/** As a user of this provider would set it. */
export const PROVIDER_BODY = JSON.stringify({
  sender: "{from}",
  recipient: "{to}",
  content: "{text}",
  client_ref: "{id}",
  callback: "{status_url}",
});

const STATUSES: { readonly [Trouble in TwilioTrouble]?: number } = {
  refusal: 422,
  credentials: 401,
  busy: 429,
  fault: 503,
};

/** Serves until closed. One that comes a second time with the same reference is the same, as its Idempotency-Key says. */
export async function startSmsProvider(address: string, port: number) {
  const accepted: Accepted[] = [];
  let trouble: TwilioTrouble | undefined;
  let posts = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const answer = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.headers["x-api-key"] !== PROVIDER_KEY) return answer(401, { error: "who are you?" });
    posts += 1;
    const status = trouble && STATUSES[trouble];
    if (status) return answer(status, { error: trouble });
    const one = requestSchema.parse(JSON.parse(body));
    if (request.headers["idempotency-key"] !== one.client_ref) return answer(400, { error: "no key" });
    if (one.content.includes("credit")) return answer(200, { messages: [{ status: "9", text: "no credit" }] });
    if (!accepted.some(({ client_ref }) => client_ref === one.client_ref)) accepted.push(one);
    if (trouble === "slowness") return;
    if (trouble === "lost") return void response.destroy();
    return answer(200, { messages: [{ status: "0", "message-id": `provider-${accepted.length}` }] });
  });
  server.listen(port, address);
  await once(server, "listening");
  return {
    url: `http://${address}:${port}/send`,
    accepted,
    posts: () => posts,
    begin: (next: TwilioTrouble | undefined) => {
      trouble = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
