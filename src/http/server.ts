import Fastify, { type FastifyInstance, LogController } from "fastify";
import { serializerCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { requireKey } from "./auth.ts";
import { endConnections } from "./end-connections.ts";
import { EVENTS_PATH, eventSocket, refuseUpgrade } from "./events/event-socket.ts";
import { answerFailure, answerFailures, answerNoHttp, pathOf } from "./failures.ts";
import { acceptIdempotencyKeys } from "./idempotency.ts";
import { acceptJsonOnly, BODY_LIMIT_BYTES } from "./json-body.ts";
import { describeApi } from "./openapi.ts";
import { watchRoutes } from "./route-table.ts";
import { accessKeyRoutes } from "./routes/access-keys.ts";
import { activeflowRoutes } from "./routes/activeflows.ts";
import { agentRoutes } from "./routes/agents.ts";
import { callControlRoutes } from "./routes/call-control.ts";
import { callRoutes } from "./routes/calls.ts";
import { chatbotcallRoutes } from "./routes/chatbotcalls.ts";
import { chatbotRoutes } from "./routes/chatbots.ts";
import { confbridgeRoutes } from "./routes/confbridges.ts";
import { conferencecallRoutes } from "./routes/conferencecalls.ts";
import { conferenceRoutes } from "./routes/conferences.ts";
import { conversationRoutes } from "./routes/conversations.ts";
import { descriptionRoutes } from "./routes/descriptions.ts";
import { extensionRoutes } from "./routes/extensions.ts";
import { flowRoutes } from "./routes/flows.ts";
import { groupcallRoutes } from "./routes/groupcalls.ts";
import { healthRoutes } from "./routes/health.ts";
import { messageRoutes } from "./routes/messages.ts";
import { numberRoutes } from "./routes/numbers.ts";
import { queuecallRoutes } from "./routes/queuecalls.ts";
import { queueRoutes } from "./routes/queues.ts";
import { recordingRoutes } from "./routes/recordings.ts";
import { smsRoutes } from "./routes/sms.ts";
import { tagRoutes } from "./routes/tags.ts";
import { transcribeRoutes } from "./routes/transcribes.ts";
import { trunkRoutes } from "./routes/trunks.ts";
import type { HttpServices } from "./services.ts";
import { checkEverything } from "./validation.ts";

/** Everything that needs a key. */
const ROUTES = [
  groupcallRoutes,
  flowRoutes,
  numberRoutes,
  callRoutes,
  callControlRoutes,
  activeflowRoutes,
  extensionRoutes,
  trunkRoutes,
  agentRoutes,
  tagRoutes,
  recordingRoutes,
  conferenceRoutes,
  conferencecallRoutes,
  confbridgeRoutes,
  accessKeyRoutes,
  queueRoutes,
  queuecallRoutes,
  transcribeRoutes,
  chatbotRoutes,
  chatbotcallRoutes,
  messageRoutes,
  conversationRoutes,
];

/** A sender that is slower than this is stuck, or wants us to be. */
const REQUEST_LIMIT_MS = 30_000;

/** The HTTP API, not listening yet. */
export function createHttpServer(services: HttpServices): FastifyInstance {
  const { log, ids, storage } = services;
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    requestIdHeader: false,
    genReqId: () => ids.next(),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    frameworkErrors: answerFailure,
    clientErrorHandler: (_error, socket) => answerNoHttp(socket, ids.next()),
  });
  app.setValidatorCompiler(checkEverything);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest("customerId", "");
  acceptJsonOnly(app);
  answerFailures(app, watchRoutes(app));
  harden(app);
  logRequests(app);
  endConnections(app);
  describeApi(app);
  serveEvents(app, services);
  app.register(async (open) => {
    healthRoutes(open.withTypeProvider<ZodTypeProvider>(), services);
  });
  app.register(async (open) => descriptionRoutes(open, services), { prefix: "/v1.0" });
  app.register(async (open) => smsRoutes(open, services), { prefix: "/v1.0" });
  app.register(
    async (closed) => {
      closed.addHook("onRequest", requireKey(storage.accessKeys));
      const api = closed.withTypeProvider<ZodTypeProvider>();
      acceptIdempotencyKeys(api, services);
      for (const addRoutes of ROUTES) addRoutes(api, services);
    },
    { prefix: "/v1.0" },
  );
  return app;
}

/** Other upgrades are refused: there is nothing else that speaks WebSocket. */
function serveEvents(app: FastifyInstance, services: HttpServices): void {
  const events = eventSocket(services);
  app.server.on("upgrade", (request, socket, head) => {
    if (pathOf(request.url ?? "") === EVENTS_PATH) events.upgrade(request, socket, head);
    else refuseUpgrade(socket, "404 Not Found");
  });
  app.addHook("preClose", async () => events.close());
}

function harden(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "x-request-id": request.id,
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      // A key may stand in the address of a page.
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
  });
}

function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        path: pathOf(request.url),
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime),
        ...(request.customerId === "" ? {} : { customer_id: request.customerId }),
      },
      "request served",
    );
  });
}
