/** What SIPp's scenarios are made of. */

/** What phones offer and answer: audio with key events (RFC 4733). */
const AUDIO = `v=0
    o=- 1 1 IN IP4 [media_ip]
    s=-
    c=IN IP4 [media_ip]
    t=0 0
    m=audio [media_port] RTP/AVP 0 8 96
    a=rtpmap:0 PCMU/8000
    a=rtpmap:8 PCMA/8000
    a=rtpmap:96 telephone-event/8000
`;

/** The body of a request or a response, with the headers that tell of it. */
export const withBody = (contentType: string, body: string): string => `Content-Type: ${contentType}
    Content-Length: [len]

    ${body}`;

export const AUDIO_CONTENT = withBody("application/sdp", AUDIO);
/** What follows the empty line that ends it would be a body. */
const NO_CONTENT = `Content-Length: 0

`;

/** A scenario of these steps. */
export const scenario = (name: string, steps: readonly string[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="${name}">
  ${steps.join("\n  ")}
</scenario>
`;

/** Sends a request; an ACK is sent once, all others until somebody answers. */
export const request = (
  [method, uri]: readonly [method: string, uri: string],
  headers: readonly string[],
  content: string = NO_CONTENT,
): string => send([`${method} ${uri} SIP/2.0`, ...headers, content], method !== "ACK");

/** Where SIPp can be reached by who is in a dialog with it. */
export const CONTACT = "Contact: <sip:sipp@[local_ip]:[local_port]>";

/** The headers of a request that SIPp itself makes. */
export const ownHeaders = (sequence: string, to: string, from = "<sip:sipp@[local_ip]:[local_port]>"): string[] => [
  "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
  `From: ${from};tag=[call_number]`,
  `To: ${to}`,
  "Call-ID: [call_id]",
  `CSeq: ${sequence}`,
  "Max-Forwards: 70",
];

/** Answers the last request; `tag` makes it the first answer, which names our end of the dialog. */
export const response = (
  status: string,
  {
    tag = "",
    sequence = "[last_CSeq:]",
    headers = [],
    content = NO_CONTENT,
    repeats = false,
  }: {
    readonly tag?: string;
    readonly sequence?: string;
    readonly headers?: readonly string[];
    readonly content?: string;
    /** Until somebody acknowledges it. */
    readonly repeats?: boolean;
  } = {},
): string =>
  send(
    [
      `SIP/2.0 ${status}`,
      "[last_Via:]",
      "[last_From:]",
      `[last_To:]${tag}`,
      "[last_Call-ID:]",
      sequence,
      ...headers,
      content,
    ],
    repeats,
  );

const send = (lines: readonly string[], repeats: boolean): string =>
  `<send${repeats ? ' retrans="500"' : ""}><![CDATA[
    ${lines.join("\n    ")}]]></send>`;
