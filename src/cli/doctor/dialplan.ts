import { randomUUID } from "node:crypto";
import type { AriConnection } from "../../asterisk/ari/connection.ts";
import type { AriEvent } from "../../asterisk/ari/event.ts";
import type { Config } from "../../config.ts";
import { DOCTORS_NUMBER } from "../../model/number.ts";
import { addLines } from "./asterisk-lines.ts";
import { doubt, type Finding, fault, fine, unknown } from "./finding.ts";
import type { Serving } from "./serving.ts";

const CHECK = "dialplan";
/** Where the accounts of Ringdown, and the lines of our page, put callers. */
const CONTEXT = "inbound";
/** Where they put texts. */
const TEXTS = "ringdown-texts";
/** The dialplan begins at once. */
const PATIENCE_MS = 5_000;

/** An application of the dialplan with its parameters; `none` when there is no such context. */
type Step = { readonly name: string; readonly parameters: string } | "none";

/** Sends a call of nobody through the dialplan, watches where it goes, and ends it. */
export async function checkDialplan(
  connection: AriConnection,
  application: string,
  config: Config,
  serving: Serving,
): Promise<Finding> {
  const lines = addLines("extensions.conf", config, { afterwards: "run `asterisk -rx 'dialplan reload'`" });
  const target = `${config.RINGDOWN_ARI_APP},inbound,`;
  for await (const step of stepsOfCall(connection, application, CONTEXT)) {
    if (step === "none") return fault(CHECK, `there is no context ${CONTEXT}`, ...lines);
    const { name, parameters } = step;
    if (name === "Stasis" && `${parameters},`.startsWith(target))
      return fine(CHECK, `context ${CONTEXT} leads to Ringdown`);
    if (name === "GotoIf" || name === "Ringing") continue;
    if (name === "Progress" && !serving) {
      return fine(CHECK, `context ${CONTEXT} is there; while Ringdown is away it plays an announcement, as it should`);
    }
    const why =
      name === "Progress" ? "takes Ringdown to be away, although it is running" : `leads to ${name}(${parameters})`;
    return fault(CHECK, `context ${CONTEXT} ${why}`, ...lines);
  }
  return unknown(CHECK, `a call to ${DOCTORS_NUMBER} in context ${CONTEXT} did not begin`);
}

/** Sends a call of nobody where texts go, watches whether it gets to Ringdown, and ends it. */
export async function checkTexts(connection: AriConnection, application: string, config: Config): Promise<Finding> {
  const lines = addLines("extensions.conf", config, {
    sections: [TEXTS],
    afterwards: "run `asterisk -rx 'dialplan reload'`",
  });
  for await (const step of stepsOfCall(connection, application, TEXTS)) {
    if (step === "none") return doubt("texts", `can't come in by SIP: there is no context ${TEXTS}`, ...lines);
    const { name, parameters } = step;
    return name === "Stasis" && parameters.startsWith(`${config.RINGDOWN_ARI_APP},text,`)
      ? fine("texts", `context ${TEXTS} leads to Ringdown`)
      : doubt("texts", `context ${TEXTS} leads to ${name}(${parameters})`, ...lines);
  }
  return unknown("texts", `a call to ${DOCTORS_NUMBER} in context ${TEXTS} did not begin`);
}

/** What the dialplan does with a call, step by step; the call ends when nobody listens any more. */
async function* stepsOfCall(
  { ari, onEvent }: AriConnection,
  application: string,
  context: string,
): AsyncGenerator<Step> {
  const ours = `ringdown-doctor-${randomUUID()}`;
  const theirs = `${ours}-dialplan`;
  const seen: Step[] = [];
  let wake = () => {};
  const hear = onEvent((event) => {
    const step = stepOf(event, theirs);
    if (step) seen.push(step);
    wake();
  });
  const patience = AbortSignal.timeout(PATIENCE_MS);
  patience.addEventListener("abort", () => wake());
  try {
    await ari.applications.subscribe({ applicationName: application, eventSource: ["channel:"] });
    await ari.channels.originate({
      endpoint: `Local/${DOCTORS_NUMBER}@${context}/n`,
      app: application,
      channelId: ours,
      otherChannelId: theirs,
    });
    while (!patience.aborted) {
      const step = seen.shift();
      if (step) yield step;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    hear();
    // It may be gone by itself.
    await ari.channels.hangup({ channelId: ours }).catch(() => undefined);
  }
}

function stepOf(event: AriEvent, channelId: string): Step | undefined {
  if (!("channel" in event) || event.channel?.id !== channelId) return undefined;
  if (event.type === "ChannelDialplan") return { name: event.dialplan_app, parameters: event.dialplan_app_data };
  return event.type === "ChannelDestroyed" ? "none" : undefined;
}
