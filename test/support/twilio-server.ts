/** A server that speaks Twilio's protocol for messages: REST, forms, and signed requests of its own. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { signatureOf } from "../../src/providers/sms/twilio-signature.ts";

export const ACCOUNT_SID = `AC${"0123456789abcdef".repeat(2)}`;
export const AUTH_TOKEN = "token-of-the-account";
/** Not where the server is: a proxy stands there. */
export const PUBLIC_URL = "https://calls.example.test";

export type TwilioTrouble = "refusal" | "credentials" | "busy" | "fault" | "slowness" | "lost";

type Message = {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly date_created: string;
  readonly callback: string | null;
};

const TROUBLES: { readonly [Trouble in TwilioTrouble]?: readonly [status: number, code: number, message: string] } = {
  refusal: [400, 21211, "The 'To' number is not a valid phone number."],
  credentials: [401, 20003, "Authenticate"],
  busy: [429, 20429, "Too Many Requests"],
  fault: [500, 20500, "Internal Server Error"],
};

/** Serves until closed. Requests of Twilio go to `ringdown`, by way of the proxy. */
export async function startTwilioServer(address: string, port: number, ringdown = () => "") {
  const messages: Message[] = [];
  let trouble: TwilioTrouble | undefined;
  let posts = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? "", "http://twilio");
    const refuse = ([status, code, message]: readonly [number, number, string]) =>
      json(response, status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
    const expected = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64")}`;
    if (request.headers.authorization !== expected) return refuse([401, 20003, "Authenticate"]);
    if (url.pathname !== `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`) return refuse([404, 20404, "Not found"]);
    if (request.method === "GET") return json(response, 200, { messages: listed(url.searchParams) });
    posts += 1;
    const refusal = trouble && TROUBLES[trouble];
    if (refusal) return refuse(refusal);
    const form = new URLSearchParams(body);
    const [to, sender, words] = [form.get("To"), form.get("From") ?? form.get("MessagingServiceSid"), form.get("Body")];
    if (!to) return refuse([400, 21604, "A 'To' phone number is required."]);
    if (!sender) return refuse([400, 21603, "A 'From' phone number is required."]);
    if (!words) return refuse([400, 21602, "Message body is required."]);
    const sid = `SM${randomBytes(16).toString("hex")}`;
    const date_created = new Date().toUTCString().replace("GMT", "+0000");
    // A Messaging Service chooses the sender later.
    const num_segments = sender.startsWith("MG") ? "0" : segmentsOf(words);
    const callback = form.get("StatusCallback");
    const message = { sid, from: sender, to, body: words, num_segments, date_created, callback };
    messages.push(message);
    if (trouble === "slowness") return;
    if (trouble === "lost") return void response.destroy();
    json(response, 201, {
      ...message,
      status: "queued",
      error_code: null,
      error_message: null,
      direction: "outbound-api",
    });
  }

  const listed = (query: URLSearchParams) =>
    messages.filter(
      ({ to, from, date_created }) =>
        to === query.get("To") &&
        from === (query.get("From") ?? from) &&
        Date.parse(date_created) >= Date.parse(query.get("DateSent>") ?? ""),
    );

  /** A request that Twilio makes, signed for the address that it knows. */
  async function tell(path: string, fields: Readonly<Record<string, string>>, token = AUTH_TOKEN): Promise<Response> {
    const parameters = new URLSearchParams({ AccountSid: ACCOUNT_SID, ApiVersion: "2010-04-01", ...fields });
    const signature = signatureOf(PUBLIC_URL + path, parameters, token);
    return fetch(ringdown() + path, { method: "POST", headers: { "x-twilio-signature": signature }, body: parameters });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  server.listen(port, address);
  await once(server, "listening");
  return {
    endpoint: `http://${address}:${port}`,
    messages,
    /** How often somebody tried to send. */
    posts: () => posts,
    begin: (next: TwilioTrouble | undefined) => {
      trouble = next;
    },
    /** Somebody writes to a number of ours. */
    write: (from: string, to: string, words: string, sid = `SM${randomBytes(16).toString("hex")}`, token?: string) =>
      tell(
        "/v1.0/sms/inbound",
        {
          MessageSid: sid,
          SmsSid: sid,
          From: from,
          To: to,
          Body: words,
          NumMedia: "0",
          NumSegments: segmentsOf(words),
        },
        token,
      ),
    /** Tells what became of a message that was sent. */
    report: ({ sid, to, from, callback }: Message, status: string, fields: Readonly<Record<string, string>> = {}) =>
      tell((callback ?? "").slice(PUBLIC_URL.length), {
        MessageSid: sid,
        MessageStatus: status,
        To: to,
        From: from,
        ...fields,
      }),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export type TwilioServer = Awaited<ReturnType<typeof startTwilioServer>>;

/** As long as it is one of the characters of GSM's own alphabet. */
const segmentsOf = (words: string): string => String(words.length <= 160 ? 1 : Math.ceil(words.length / 153));

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
