/** Header fields in the order of the wire; a name may come more than once. */
export type SipHeaders = readonly (readonly [name: string, value: string])[];

export type SipRequest = { kind: "request"; method: string; uri: string; headers: SipHeaders; body: string };
export type SipResponse = { kind: "response"; status: number; phrase: string; headers: SipHeaders; body: string };
export type SipMessage = SipRequest | SipResponse;

const COMPACT_NAMES: Readonly<Record<string, string>> = {
  v: "via",
  f: "from",
  t: "to",
  i: "call-id",
  m: "contact",
  c: "content-type",
  l: "content-length",
};

/** Reads a datagram; undefined for anything that is not SIP, such as a keep-alive. */
export const parseSip = (text: string): SipMessage | undefined => {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const body = rest.join("\r\n\r\n");
  const headers = lines.filter((line) => line.includes(":")).map(parseHeader);
  const status = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first);
  if (status) return { kind: "response", status: Number(status[1]), phrase: status[2] ?? "", headers, body };
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(first);
  if (request) return { kind: "request", method: request[1] ?? "", uri: request[2] ?? "", headers, body };
  return undefined;
};

/** The bytes of a message, with its Content-Length counted. */
export const formatSip = (message: SipMessage): string => {
  const first =
    message.kind === "request"
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.phrase}`;
  const lines = message.headers.map(([name, value]) => `${name}: ${value}`);
  return [first, ...lines, `Content-Length: ${Buffer.byteLength(message.body)}`, "", message.body].join("\r\n");
};

/** The first value of a header, whatever the case of its name; empty when absent. */
export const header = (message: SipMessage, name: string): string => headers(message, name)[0] ?? "";

/** Every value of a header, top to bottom. */
export const headers = (message: SipMessage, name: string): readonly string[] =>
  message.headers.filter(([own]) => own.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

/** A parameter such as `tag` or `branch` of a header value; empty when absent. */
export const parameter = (value: string, name: string): string =>
  new RegExp(`;\\s*${name}=([^;>\\s,]+)`, "i").exec(value)?.[1] ?? "";

/** The URI inside a name-addr such as `"Sales" <sip:100@127.0.0.1>;tag=1`. */
export const uriOf = (value: string): string => /<([^>]+)>/.exec(value)?.[1] ?? value.split(";")[0]?.trim() ?? "";

/** Where a SIP URI points, with the standard port when it names none. */
export const hostOf = (uri: string): { address: string; port: number } => {
  const [, address = "127.0.0.1", port = "5060"] = /^sips?:(?:[^@]*@)?([^:;>]+)(?::(\d+))?/.exec(uri) ?? [];
  return { address, port: Number(port) };
};

/** A response that belongs to a request, in the dialog named by `tag`. */
export const responseTo = (
  request: SipRequest,
  reply: { status: number; phrase?: string; tag?: string; headers?: SipHeaders; body?: string },
): SipResponse => {
  const copied = ["Via", "Record-Route", "From", "Call-ID", "CSeq"].flatMap((name) =>
    headers(request, name).map((value) => [name, value] as const),
  );
  const to = header(request, "To");
  const tagged = parameter(to, "tag") || !reply.tag ? to : `${to};tag=${reply.tag}`;
  return {
    kind: "response",
    status: reply.status,
    phrase: reply.phrase ?? PHRASES[reply.status] ?? "Status",
    headers: [...copied, ["To", tagged], ...(reply.headers ?? [])],
    body: reply.body ?? "",
  };
};

const PHRASES: Readonly<Record<number, string>> = {
  100: "Trying",
  180: "Ringing",
  183: "Session Progress",
  200: "OK",
  404: "Not Found",
  480: "Temporarily Unavailable",
  481: "Call Does Not Exist",
  486: "Busy Here",
  487: "Request Terminated",
  488: "Not Acceptable Here",
  603: "Decline",
};

const parseHeader = (line: string): readonly [string, string] => {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon).trim();
  return [COMPACT_NAMES[name.toLowerCase()] ?? name, line.slice(colon + 1).trim()];
};
