import { AriError } from "../../asterisk/ari/ari-error.ts";
import { type AriConnection, connectAri } from "../../asterisk/ari/connection.ts";
import type { Config } from "../../config.ts";
import { systemClock } from "../../providers/system/clock.ts";
import { addLines } from "./asterisk-lines.ts";
import { doubt, type Finding, fault, fine } from "./finding.ts";

const UNAUTHORIZED = 401;
const NOT_FOUND = 404;
const silent = { info() {}, warn() {}, error() {} };

/** Our own way to Asterisk, as an application of its own, so that a Ringdown that runs keeps its. */
export const connectForCheck = (config: Config, application: string): AriConnection =>
  connectAri({
    socket: "dial",
    listen: { ...config.RINGDOWN_ARI_LISTEN, username: "", password: "" },
    http: {
      url: config.RINGDOWN_ARI_URL,
      username: config.RINGDOWN_ARI_USERNAME,
      password: config.RINGDOWN_ARI_PASSWORD,
    },
    application,
    clock: systemClock,
    log: silent,
    random: Math.random,
  });

/** Whether ARI answers; its version when it does. */
export async function checkReach(
  { ari }: AriConnection,
  config: Config,
): Promise<{ readonly version?: string; readonly finding: Finding }> {
  const url = config.RINGDOWN_ARI_URL;
  try {
    const { system } = await ari.asterisk.getInfo({});
    return { version: system?.version ?? "unknown", finding: fine("ARI", `answers at ${url}`) };
  } catch (error) {
    if (!(error instanceof AriError)) throw error;
    return { finding: unreached(error, config) };
  }
}

function unreached(error: AriError, config: Config): Finding {
  const url = config.RINGDOWN_ARI_URL;
  if (error.status === UNAUTHORIZED) {
    const who = config.RINGDOWN_ARI_USERNAME;
    return fault(
      "ARI",
      `Asterisk knows no user ${who} with the password of RINGDOWN_ARI_PASSWORD`,
      ...addLines("ari.conf", config, { afterwards: "run `asterisk -rx 'module reload res_ari.so'`", sections: [who] }),
    );
  }
  if (error.status === NOT_FOUND) {
    return fault(
      "ARI",
      `the server at ${url} has no ARI`,
      "see that RINGDOWN_ARI_URL is Asterisk's, that ari.conf says `enabled = yes`, and that res_ari.so is loaded",
    );
  }
  const why = error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
  return fault("ARI", `no answer at ${url} (${why})`, "is Asterisk running? Then:", ...addLines("http.conf", config));
}

/** Apart by more, times of events are misleading. */
const NOTICEABLE_MS = 2_000;
/** Apart by more, the dialplan takes our sign of life for an old one, and turns callers away. */
const HARMFUL_MS = 20_000;

/** Whether Asterisk's clock agrees with ours. */
export async function checkClock({ ari }: AriConnection): Promise<Finding> {
  const askedAtMs = Date.now();
  const { timestamp } = await ari.asterisk.ping({});
  const oursMs = (askedAtMs + Date.now()) / 2;
  const apartMs = Math.abs(Date.parse(timestamp) - oursMs);
  const finding = `Asterisk's clock is ${(apartMs / 1_000).toFixed(1)} s apart from this one`;
  const remedy = "let both machines take their time from the network: apt-get install systemd-timesyncd";
  if (apartMs > HARMFUL_MS) return fault("clock", finding, remedy);
  return apartMs > NOTICEABLE_MS ? doubt("clock", finding, remedy) : fine("clock", finding);
}
