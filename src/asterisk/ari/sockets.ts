import type { WebSocket } from "ws";
import { dialAsterisk } from "./dial-asterisk.ts";
import type { AriEvent } from "./event.ts";
import { listenForAsterisk } from "./listen-for-asterisk.ts";
import { type Session, startSession } from "./session.ts";
import type { AriSettings } from "./settings.ts";
import type { SocketSource } from "./socket-source.ts";

type Told = {
  readonly heard: (event: AriEvent) => void;
  readonly up: () => void;
  readonly down: (reason: string) => void;
};

/**
 * The sockets to one Asterisk. The one that it dials is for events alone; those that we dial are for requests:
 * 1. Asterisk leaves Nagle's algorithm on where it dials, so that an answer behind an event waits 40 ms for our
 *    kernel's acknowledgement, as long as we talk on that socket too; where we dial, it is off.
 * 2. A request that Asterisk can't take closes the socket: better not the one with the events.
 * 3. Asterisk takes the requests of one socket in turn: so those that take longer have their own, one at a time.
 * Where we dial for the events, one socket does for all that is quick.
 */
export const socketsTo = (settings: AriSettings, told: Told) => {
  const { application, clock, log } = settings;
  const listens = settings.socket === "listen";
  const dial = (name: string) => dialAsterisk({ ...settings.http, ...settings, application: name });
  const events = listens ? listenForAsterisk(settings.listen, log) : dial(application);
  const requestsBy = (name: string) => requestSocket(settings, dial(`${application}-${name}`));
  const requests = listens ? requestsBy("requests") : undefined;
  const longer = listens ? requestsBy("longer") : undefined;
  let eventSession: Session | undefined;
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

  return {
    /** The session that takes requests now, if any. */
    forRequests: (): Session | undefined => {
      const session = requests ? requests.session() : eventSession;
      return session?.takesRequests() ? session : undefined;
    },
    /** The session that takes one that takes longer now, if any: none while it has another. */
    forLonger: (): Session | undefined => {
      const session = longer?.session();
      return session?.takesRequests() && session.pending() === 0 ? session : undefined;
    },
    async start(): Promise<void> {
      down(listens ? "waiting for Asterisk to dial" : "dialling Asterisk");
      await events.start(eventsOpened, down);
      // Without them requests go over HTTP, which is no reason to be down.
      await Promise.all([requests?.start(), longer?.start()]);
    },
    async close(): Promise<void> {
      closed = true;
      eventSession?.end("closed by us");
      await Promise.all([events.close(), requests?.close(), longer?.close()]);
    },
  };
};

/** A socket for requests alone, dialled again whenever it is lost. */
function requestSocket({ clock, log }: AriSettings, source: SocketSource) {
  let session: Session | undefined;
  const opened = (socket: WebSocket) => {
    const closed = () => {
      session = undefined;
      source.lost();
    };
    session = startSession({ socket, announces: false, clock, log, closed });
  };
  return {
    session: (): Session | undefined => session,
    start: (): Promise<void> => source.start(opened, () => {}),
    async close(): Promise<void> {
      session?.end("closed by us");
      await source.close();
    },
  };
}
