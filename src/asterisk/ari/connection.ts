import { AriError, type AriErrorKind } from "./ari-error.ts";
import { type AriState, connectionState } from "./connection-state.ts";
import { withDeadline } from "./deadline.ts";
import type { AriEvent, AriEventListener } from "./event.ts";
import { listeners } from "./listeners.ts";
import type { CallAri, Operation, Parameters, RequestOptions } from "./operation.ts";
import { type Ari, ariOperations } from "./operations.generated.ts";
import { restOverHttp } from "./rest-over-http.ts";
import type { AriSettings } from "./settings.ts";
import { socketsTo } from "./sockets.ts";
import { transportFor } from "./transport.ts";
import { wireRequest } from "./wire-request.ts";

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
  const { clock, log, onRequest } = settings;
  const events = listeners<AriEvent>("event", log);
  const state = connectionState(settings);
  const http = restOverHttp(settings.http);
  const sockets = socketsTo(settings, { heard: events.tell, up: state.up, down: state.down });

  const sessionFor = { socket: sockets.forRequests, longer: sockets.forLonger, http: () => undefined };
  const send = (operation: Operation, parameters: Parameters, signal: AbortSignal): Promise<unknown> => {
    const wire = wireRequest(operation, parameters);
    return (sessionFor[transportFor(operation.name, wire)]() ?? http).request(operation, wire, signal);
  };

  const request = async <Result>(operation: Operation, parameters: Parameters, options: RequestOptions = {}) => {
    const { deadlineMs = REQUEST_DEADLINE_MS, signal } = options;
    const expired = () =>
      new AriError(operation.name, `no answer within ${deadlineMs} ms`, { kind: "timeout", isUncertain: true });
    const startedMs = clock.now();
    const tell = (outcome: "done" | AriErrorKind) => onRequest?.(operation.name, clock.now() - startedMs, outcome);
    try {
      const result = await withDeadline({ clock, deadlineMs, signal, expired }, (scope) =>
        send(operation, parameters, scope),
      );
      tell("done");
      // The one place where an answer gets the type that Asterisk's description promises for it.
      return result as Result;
    } catch (error) {
      if (error instanceof AriError) tell(error.kind);
      throw error;
    }
  };

  return {
    ari: ariOperations(request),
    request,
    state: state.current,
    onEvent: events.add,
    onState: state.onChange,
    whenUp: state.whenUp,
    start: sockets.start,
    async close() {
      state.down("closed by us");
      await Promise.all([sockets.close(), http.close()]);
    },
  };
};
