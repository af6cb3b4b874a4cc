import type { WebSocket } from "ws";
import { dialAsterisk } from "./dial-asterisk.ts";
import type { AriEvent } from "./event.ts";
import { listenForAsterisk } from "./listen-for-asterisk.ts";
import { type Session, startSession } from "./session.ts";
import type { AriSettings } from "./settings.ts";

type Told = {
  readonly heard: (event: AriEvent) => void;
  readonly up: () => void;
  readonly down: (reason: string) => void;
};

/**
 * The sockets to one Asterisk. The one that it dials is for events alone, and a second that we dial is for requests:
 * 1. Asterisk leaves Nagle's algorithm on where it dials, so that an answer behind an event waits 40 ms for our
 *    kernel's acknowledgement, as long as we talk on that socket too; where we dial, it is off.
 * 2. A request that Asterisk can't take closes the socket: better not the one with the events.
 * Where we dial for the events, one socket does for both.
 */
export const socketsTo = (settings: AriSettings, told: Told) => {
  const { application, clock, log } = settings;
  const listens = settings.socket === "listen";
  const dial = (name: string) => dialAsterisk({ ...settings.http, ...settings, application: name });
  const events = listens ? listenForAsterisk(settings.listen, log) : dial(application);
  const requests = listens ? dial(`${application}-requests`) : undefined;
  let eventSession: Session | undefined;
  let requestSession: Session | undefined;
  let closed = false;

  const down = (reason: string) => {
    if (!closed) told.down(reason);
  };

  const eventsOpened = (socket: WebSocket) => {
    eventSession?.end("a newer socket replaced it");
    down("connected, waiting for Asterisk to register the application");
    eventSession = startSession({
      socket,
      application,
      announces: listens,
      clock,
      log,
      heard: told.heard,
      ready: told.up,
      closed(reason) {
        eventSession = undefined;
        down(reason);
        events.lost();
      },
    });
  };

  const requestsOpened = (socket: WebSocket) => {
    requestSession = startSession({
      socket,
      announces: false,
      clock,
      log,
      closed() {
        requestSession = undefined;
        requests?.lost();
      },
    });
  };

  return {
    /** The session that takes requests now, if any. */
    forRequests: (): Session | undefined => {
      const session = listens ? requestSession : eventSession;
      return session?.takesRequests() ? session : undefined;
    },
    async start(): Promise<void> {
      down(listens ? "waiting for Asterisk to dial" : "dialling Asterisk");
      await events.start(eventsOpened, down);
      // Without it requests go over HTTP, which is no reason to be down.
      await requests?.start(requestsOpened, () => {});
    },
    async close(): Promise<void> {
      closed = true;
      for (const session of [eventSession, requestSession]) session?.end("closed by us");
      await Promise.all([events.close(), requests?.close()]);
    },
  };
};
