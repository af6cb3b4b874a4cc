/**
 * SIP MESSAGE by way of Asterisk, outside any call.
 *
 * 1. Those that come in take turns on one channel of Asterisk's own, by way of the dialplan (`ringdown-texts`): the next
 *    comes when that channel is let go. To subscribe to the endpoints instead would bring every event of a call twice.
 * 2. When we are connected anew, the text that waits there is taken, whether its event has come or not.
 */
import type { Logger } from "pino";
import { NEUTRAL_SOURCE } from "../model/address.ts";
import type { Clock } from "../ports/clock.ts";
import type { IncomingText, TextMessages } from "../ports/text-messages.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { Channel, KnownAriEvent } from "./ari/models.generated.ts";
import { askThrough, unlessGone } from "./ask.ts";
import { callerId, endpointOf } from "./dial.ts";
import { HOPS_HEADER } from "./dial-once.ts";
import { applicationOf, argumentsOf, TEXT } from "./roles.ts";

const TRIES = 60;
const AGAIN_MS = 1_000;

export type TextMessagesSettings = {
  readonly connection: AriConnection;
  readonly application: string;
  /** Where answers find us; undefined: what Asterisk itself says it is, for whoever the text goes to. */
  readonly sipAddress: string | undefined;
  readonly clock: Clock;
  readonly closing: AbortSignal;
  readonly log: Pick<Logger, "error">;
};

export function asteriskTextMessages({
  connection,
  application,
  sipAddress,
  clock,
  closing,
  log,
}: TextMessagesSettings): TextMessages {
  const { ari } = connection;
  const ask = askThrough(connection);
  let listener: Parameters<TextMessages["onText"]>[0] = async () => {};
  let taking: string | undefined;

  async function take(channel: Channel, given: readonly string[]): Promise<void> {
    const text = incomingText(channel, given);
    // Found waiting, and told of by an event that came later.
    if (taking === text.key) return;
    taking = text.key;
    try {
      // Nobody sent it: a look at whether this way is open.
      if (text.from !== "") await hand(text);
      await unlessGone(
        ask("letGoOfText", closing, () => ari.channels.continueInDialplan({ channelId: channel.id }), [404, 409]),
      );
    } catch (error) {
      if (!closing.aborted) log.error({ err: error }, "texts wait behind one that is done");
    } finally {
      if (taking === text.key) taking = undefined;
    }
  }

  /** For a while again and again: the storage may be back soon, and the sender believes that the text has arrived. */
  async function hand(text: IncomingText): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await listener(text);
      } catch (error) {
        closing.throwIfAborted();
        log.error({ err: error, tries }, tries < TRIES ? "a text could not be taken yet" : "a text is lost");
        if (tries === TRIES) return;
      }
      await clock.sleepUntil(clock.now() + AGAIN_MS, closing);
    }
  }

  async function takeWhatWaits(): Promise<void> {
    const channels = await ask("waitingText", closing, () => ari.channels.list());
    const waiting = channels.find(
      ({ dialplan: { app_name, app_data } }) =>
        app_name === "Stasis" && applicationOf(app_data) === application && argumentsOf(app_data)[0] === TEXT,
    );
    if (waiting) await take(waiting, argumentsOf(waiting.dialplan.app_data));
  }

  return {
    send: (target, { source, text, hops }, signal) =>
      ask("sendMessage", signal, () =>
        ari.endpoints.sendMessage(
          {
            to: endpointOf(target).replace(/^PJSIP\//, "pjsip:"),
            from: senderOf(callerId(source), sipAddress),
            body: text,
            ...(hops > 0 && { variables: { [HOPS_HEADER]: String(hops) } }),
          },
          { signal },
        ),
      ),
    onText(listen) {
      listener = listen;
      connection.onEvent((event) => {
        // One of a type that nobody has described is none.
        const known = event as KnownAriEvent;
        if (known.type === "StasisStart" && known.args[0] === TEXT) void take(known.channel, known.args);
      });
      connection.onState(({ kind }) => {
        if (kind !== "up") return;
        takeWhatWaits().catch((error) => {
          if (!closing.aborted) log.error({ err: error }, "a text may wait that came while we were away");
        });
      });
    },
  };
}

/**
 * `"Anna" <1001>` as a SIP name and address. Asterisk takes the host from it, or takes a user alone, without a name, and
 * keeps its own host (`ast_sip_update_from`); a From names no port (RFC 3261, table 1). What has no user it would take
 * for a user as a whole.
 */
export function senderOf(caller: string, host: string | undefined): string {
  const named = caller.replace(/<>$/, `<${NEUTRAL_SOURCE.target}>`);
  return named.replace(/^(.*)<(.*)>$/, host === undefined ? "$2" : `$1<sip:$2@${host}>`);
}

/** A text as the dialplan hands it over; the arguments after the first are in base64. */
export function incomingText(
  { dialplan }: Pick<Channel, "dialplan">,
  [, from = "", request = "", text = "", hops = ""]: readonly string[],
): IncomingText {
  const sender = decoded(from);
  const bracketed = /^\s*"?(.*?)"?\s*<([^>]*)>/.exec(sender);
  return {
    key: `${dialplan.exten} ${decoded(request)}`,
    kind: "sip",
    to: dialplan.exten,
    from: bracketed?.[2] ?? sender,
    fromName: bracketed?.[1] ?? "",
    text: decoded(text),
    hops: /^\d{1,4}$/.test(hops) ? Number(hops) : 0,
  };
}

const decoded = (base64: string): string => Buffer.from(base64, "base64").toString();
