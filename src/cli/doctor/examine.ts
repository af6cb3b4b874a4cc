import { AriError } from "../../asterisk/ari/ari-error.ts";
import type { AriConnection } from "../../asterisk/ari/connection.ts";
import type { Config } from "../../config.ts";
import type { Terminal } from "../terminal.ts";
import { checkAccounts, checkEndpoints, checkOutbound, checkTrunks } from "./accounts.ts";
import { checkDialplan, checkTexts } from "./dialplan.ts";
import { type Finding, unknown } from "./finding.ts";
import { checkDisk, checkTools } from "./machine.ts";
import { checkMediaPath } from "./media-path.ts";
import { checkModules } from "./modules.ts";
import { checkClock, checkReach, connectForCheck } from "./reach.ts";
import { findServing, type Serving } from "./serving.ts";
import { checkExposure, checkSecrets, checkSettings } from "./settings.ts";
import { checkSms } from "./sms.ts";
import { checkSocket } from "./socket.ts";
import { checkTranscription } from "./transcription.ts";
import { checkVersion } from "./version.ts";

/** Asterisk's own socket opens at once, or never. */
const CONNECT_MS = 5_000;

/** Looks at everything that calls need, in the order in which it has to be mended. */
export async function examine(terminal: Terminal): Promise<readonly Finding[]> {
  const { config, findings } = checkSettings(terminal);
  const serving = await findServing(terminal);
  const machine = await checkTools(terminal.environment.PATH ?? "", serving);
  if (!config) return [...findings, ...machine];
  return [
    ...findings,
    ...checkSecrets(config, terminal.envFile),
    ...checkExposure(config),
    ...checkSms(config),
    ...(await checkTranscription(config)),
    ...machine,
    await checkDisk(config),
    ...(await examineAsterisk(config, serving)),
  ];
}

async function examineAsterisk(config: Config, serving: Serving): Promise<readonly Finding[]> {
  const application = `${config.RINGDOWN_ARI_APP}-doctor-${process.pid}`;
  const connection = connectForCheck(config, application);
  try {
    const { version, finding } = await checkReach(connection, config);
    if (version === undefined) return [finding];
    const socket = config.RINGDOWN_ARI_SOCKET;
    const accounts = await unlessRefused("accounts", () => checkAccounts(connection, config));
    return [
      finding,
      ...checkVersion(version, socket),
      await unlessRefused("modules", () => checkModules(connection, socket)),
      await unlessRefused("clock", () => checkClock(connection)),
      await unlessRefused("events", () => checkSocket(config, serving)),
      ...(await examineCalls(connection, application, config, serving)),
      accounts,
      await unlessRefused("trunks", () => checkTrunks(connection, config)),
      await unlessRefused("SIP phones", () => checkEndpoints(connection, accounts)),
      await unlessRefused("outgoing calls", () => checkOutbound(connection, config)),
    ];
  } finally {
    await connection.close();
  }
}

/** What can only be found out by calls of our own, which need Asterisk's socket. */
async function examineCalls(
  connection: AriConnection,
  application: string,
  config: Config,
  serving: Serving,
): Promise<readonly Finding[]> {
  await connection.start();
  try {
    await connection.whenUp(AbortSignal.timeout(CONNECT_MS));
  } catch {
    return [unknown("calls", "Asterisk's own socket (/ari/events) could not be opened: no call could be tried")];
  }
  return [
    await unlessRefused("dialplan", () => checkDialplan(connection, application, config, serving)),
    await unlessRefused("texts", () => checkTexts(connection, application, config)),
    await unlessRefused("media path", () => checkMediaPath(connection, application, config, serving)),
  ];
}

/** A check that Asterisk does not answer tells nothing about its subject. */
async function unlessRefused(check: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof AriError)) throw error;
    return unknown(check, `Asterisk refused to be looked at: ${error.message}`);
  }
}
