import { OutboundError } from "../../ports/outbound-http.ts";
import { type Ending, explain } from "./outbound-fault.ts";

/** The body, cut off with an error when it is, or says that it will be, larger than allowed. */
export async function* boundedBody(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, announced, host }: { maxBytes: number; announced: number; host: string },
  ending: Ending,
): AsyncGenerator<Uint8Array> {
  const tooLarge = () => new OutboundError(host, "too_large", `${host} sent more than ${maxBytes} bytes`);
  if (announced > maxBytes) throw tooLarge();
  let received = 0;
  try {
    for await (const chunk of body) {
      received += chunk.byteLength;
      if (received > maxBytes) throw tooLarge();
      yield chunk;
    }
  } catch (error) {
    throw explain(error, host, ending);
  }
}
