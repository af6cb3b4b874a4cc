import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { GatewayRequest } from "../../ports/sms-gateway.ts";
import { Problem } from "../problem.ts";
import type { HttpServices } from "../services.ts";

/** More than any gateway says about one text. */
const BODY_LIMIT_BYTES = 64 * 1024;

const parametersSchema = z.object({ key: z.string().optional() });

/** What the SMS gateway tells us, which needs no key: the gateway proves who it is in its own way. */
export function smsRoutes(open: FastifyInstance, { sms }: Pick<HttpServices, "sms">): void {
  open.removeAllContentTypeParsers();
  // Each gateway reads its own, and signs it byte for byte.
  open.addContentTypeParser("*", { parseAs: "string", bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) =>
    done(null, body),
  );

  const take = (about: GatewayRequest["about"]) => async (request: FastifyRequest, reply: FastifyReply) => {
    if (!sms) throw new Problem("ROUTE_NOT_FOUND", "no SMS gateway is configured: see docs/messages.md");
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, [value ?? []].flat().join(", ") || undefined]),
    );
    const body = typeof request.body === "string" ? request.body : "";
    const { key } = parametersSchema.parse(request.params);
    const thanks = await sms.take({ about, key, path: request.url, headers, body });
    if (!thanks) throw new Problem("NOT_THE_GATEWAY", "this does not come from the SMS gateway, or it was changed");
    return reply.code(200).type(thanks.contentType).send(thanks.body);
  };

  const hidden = { hide: true };
  for (const method of ["GET", "POST"] as const) {
    open.route({ method, url: "/sms/inbound", schema: hidden, handler: take("text") });
    open.route({ method, url: "/sms/status", schema: hidden, handler: take("state") });
    open.route({ method, url: "/sms/status/:key", schema: hidden, handler: take("state") });
  }
}
