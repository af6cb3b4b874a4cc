import { OutboundError } from "../../ports/outbound-http.ts";

/** Where one request goes. Keeps the URL's secrets away from the name that messages use. */
export type Target = {
  readonly url: URL;
  readonly host: string;
  readonly origin: string;
  readonly path: string;
  readonly authorization: Readonly<Record<string, string>>;
};

/** Longer ones are no addresses of files. */
const MAX_URL_LENGTH = 8_192;

/** Reads an http(s) URL, or a redirect's location relative to the target before. @throws OutboundError `refused` */
export function targetOf(text: string, base?: Target): Target {
  const url = text.length > MAX_URL_LENGTH ? null : URL.parse(text, base?.url.href);
  if (!url) throw new OutboundError(base?.host ?? "", "refused", "this is not a URL");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new OutboundError(url.host, "refused", `${url.protocol} can't be fetched: only http: and https:`);
  }
  const { username, password, host, origin, pathname, search } = url;
  return { url, host, origin, path: pathname + search, authorization: basic(username, password) };
}

function basic(username: string, password: string): Target["authorization"] {
  if (username === "" && password === "") return {};
  const credentials = `${decode(username)}:${decode(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A lone % is meant as it is.
  }
}
