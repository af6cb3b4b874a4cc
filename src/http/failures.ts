import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { httpStatusOf, Problem, presentProblem } from "./problem.ts";
import { problemOf } from "./problem-of.ts";
import type { RouteTable } from "./route-table.ts";

/** Answers every failure of a request, foreseen or not, in the one shape. */
export function answerFailures(app: FastifyInstance, routes: RouteTable): void {
  app.setErrorHandler(answerFailure);
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url);
    const methods = routes.methodsOf(path);
    if (methods.length === 0) throw new Problem("ROUTE_NOT_FOUND", `there is no ${path}; /docs lists every path`);
    reply.header("allow", methods.join(", "));
    throw new Problem("METHOD_NOT_ALLOWED", `${path} has no ${request.method}; it has ${methods.join(", ")}`);
  });
}

/** Answers one failure; those that we cause are logged with their cause, those of the sender are not. */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  const httpStatus = httpStatusOf(problem);
  if (httpStatus >= 500) request.log.error({ err: problem.cause ?? error, reason: problem.reason }, "request failed");
  if (httpStatus === 401) reply.header("www-authenticate", "Bearer");
  // A request whose path cannot be read has passed no hook that could have set it.
  reply.header("x-request-id", request.id);
  return reply.code(httpStatus).send(presentProblem(problem, request.id));
}

/** Answers bytes that are not HTTP at all: there is no request yet, so there is nothing but the socket. */
export function answerNoHttp(socket: Socket, requestId: string): void {
  if (!socket.writable) return void socket.destroy();
  const problem = new Problem("MALFORMED_REQUEST", "the request is not proper HTTP, or came too slowly");
  const httpStatus = httpStatusOf(problem);
  const body = JSON.stringify(presentProblem(problem, requestId));
  const head = [
    `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

/** A request's path without what follows `?`, where a key may stand. */
export const pathOf = (url: string): string => url.split("?", 1)[0] ?? "";
