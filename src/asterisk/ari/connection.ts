import type { WebSocket } from "ws";
import type { Clock } from "../../ports/clock.ts";
import { AriError } from "./ari-error.ts";
import { type AriState, connectionState } from "./connection-state.ts";
import { withDeadline } from "./deadline.ts";
import { dialAsterisk } from "./dial-asterisk.ts";
import type { AriEvent, AriEventListener } from "./event.ts";
import { type ListenAccess, listenForAsterisk } from "./listen-for-asterisk.ts";
import { listeners } from "./listeners.ts";
import type { AriLog } from "./log.ts";
import type { CallAri, Operation, Parameters, RequestOptions } from "./operation.ts";
import { type Ari, ariOperations } from "./operations.generated.ts";
import { type HttpAccess, restOverHttp } from "./rest-over-http.ts";
import { type Session, startSession } from "./session.ts";
import { transportFor } from "./transport.ts";
import { wireRequest } from "./wire-request.ts";

export type AriSettings = {
  /** `listen`: Asterisk (22.5 or later) dials us and keeps events while we are away; `dial`: we dial an older one. */
  readonly socket: "listen" | "dial";
  readonly listen: ListenAccess;
  readonly http: HttpAccess;
  readonly application: string;
  readonly clock: Clock;
  readonly log: AriLog;
  /** From 0 up to 1, for the jitter of reconnecting. */
  readonly random: () => number;
};

/** Longer than the slowest operation on a busy Asterisk, shorter than a caller's patience. */
const REQUEST_DEADLINE_MS = 10_000;

/** The connection to one Asterisk; nothing happens before `start`, so that listeners can be there first. */
export type AriConnection = {
  /** Every operation of Asterisk as a function. */
  readonly ari: Ari;
  readonly request: CallAri;
  readonly state: () => AriState;
  /** Events in order of arrival; after a reconnect those that Asterisk kept come before `up`. Gives its own removal. */
  onEvent(listener: AriEventListener): () => void;
  onState(listener: (state: AriState) => void): () => void;
  whenUp(signal: AbortSignal): Promise<void>;
  /** Rejects when we can't listen; an absent Asterisk is no error. */
  start(): Promise<void>;
  close(): Promise<void>;
};

/** Connects to Asterisk for as long as we live. */
export const connectAri = (settings: AriSettings): AriConnection => {
  const { application, clock, log } = settings;
  const events = listeners<AriEvent>("event", log);
  const state = connectionState(settings);
  const http = restOverHttp(settings.http);
  const source =
    settings.socket === "listen"
      ? listenForAsterisk(settings.listen, log)
      : dialAsterisk({ ...settings.http, ...settings });
  let session: Session | undefined;
  let closed = false;

  const opened = (socket: WebSocket) => {
    session?.end("a newer socket replaced it");
    state.down("connected, waiting for Asterisk to register the application");
    const own: Session = startSession({
      socket,
      application,
      clock,
      log,
      announces: source.announces,
      heard: events.tell,
      ready: state.up,
      closed(reason) {
        session = undefined;
        if (!closed) state.down(reason);
        source.lost();
      },
    });
    session = own;
  };

  const send = (operation: Operation, parameters: Parameters, signal: AbortSignal): Promise<unknown> => {
    const wire = wireRequest(operation, parameters);
    const transport = transportFor(operation.name, wire);
    if (transport === "http" || session?.takesRequests() === false) return http.request(operation, wire, signal);
    if (session !== undefined) return session.request(operation, wire, signal);
    throw new AriError(operation.name, "no socket to Asterisk", { kind: "disconnected" });
  };

  const request = async <Result>(operation: Operation, parameters: Parameters, options: RequestOptions = {}) => {
    const { deadlineMs = REQUEST_DEADLINE_MS, signal } = options;
    const expired = () =>
      new AriError(operation.name, `no answer within ${deadlineMs} ms`, { kind: "timeout", isUncertain: true });
    const result = await withDeadline({ clock, deadlineMs, signal, expired }, (scope) =>
      send(operation, parameters, scope),
    );
    // The one place where an answer gets the type that Asterisk's description promises for it.
    return result as Result;
  };

  return {
    ari: ariOperations(request),
    request,
    state: state.current,
    onEvent: events.add,
    onState: state.onChange,
    whenUp: state.whenUp,
    async start() {
      state.down(source.announces ? "waiting for Asterisk to dial" : "dialling Asterisk");
      await source.start(opened, (reason) => {
        if (!closed) state.down(reason);
      });
    },
    async close() {
      closed = true;
      session?.end("closed by us");
      state.down("closed by us");
      await Promise.all([source.close(), http.close()]);
    },
  };
};
