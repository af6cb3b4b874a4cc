import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Asterisk, startAsterisk } from "../../test/support/asterisk.ts";
import type { Prompts } from "../programs/menu.ts";

const TEMPLATES = join(import.meta.dirname, "../../asterisk-config");
/** Room for more than a thousand calls, each of which takes two ports. */
const LAST_RTP_PORT = "24999";

/** The numbers of each subject: the reference menu, and a long prompt that a key stops. */
export const numbersOf = {
  dialplan: { menu: "9001", long: "9101" },
  "ari-client": { menu: "9002", long: "9102" },
  socket: { menu: "9003", long: "9103" },
  ringdown: { menu: "9004", long: "9104", hold: "9204", queue: "9504", stream: "9704", transcribe: "9714" },
} as const;

/**
 * Numbers that are put through: to the callee who has one call at a time, or to the one who has many. By plain `Dial()`,
 * by one that hears the keys, by `connect` as it comes, and by one that is asked for no more than `Dial()` does.
 */
export const connecting = {
  dialplan: { single: "9301", many: "9401" },
  "dialplan, keys": { single: "9302", many: "9402" },
  ringdown: { single: "9304", many: "9404" },
  "ringdown, as Dial()": { single: "9305", many: "9405" },
} as const;
export type Connecting = keyof typeof connecting;

/** Numbers that lead into a conference of all who call them. */
export const meeting = { dialplan: "9601", ringdown: "9604" } as const;

/** Numbers whose calls are recorded: while something is said to the caller, or while nothing is. */
export const recording = {
  dialplan: { talk: "9801", start: "9901" },
  ringdown: { talk: "9804", start: "9904" },
} as const;

/** Numbers of those who talk with a chatbot: with a model, or a webhook that may be asked ahead. */
export const chatting = { model: "9014", webhook: "9015" } as const;

/** Where those are who are called, or by which numbers. */
export type Callees = { readonly single: string; readonly many: string };

export const calleeUri = (address: string): string => `sip:callee@${address}:5060`;

/** With the option `t` or `T` Asterisk listens for the keys of whoever may transfer the call. */
const dialling = (numbers: Callees, callees: Callees, options: string): string =>
  [[numbers.single, callees.single] as const, [numbers.many, callees.many] as const]
    .map(([number, address]) => `exten => ${number},1,Dial(PJSIP/loopback/${calleeUri(address)},60,${options})`)
    .join("\n same => n,Hangup()\n");

/** Exact numbers go before the pattern that leads to Ringdown; all share one Asterisk, so that nothing else differs. */
const dialplan = (callees: Callees): string => `
[inbound](+)
exten => ${numbersOf.dialplan.menu},1,Answer()
 same => n,Playback(\${RINGDOWN_ASTERISK_DIR}/prompts/welcome)
 same => n,Read(DIGIT,,1,,1,10)
 same => n,GotoIf($["\${DIGIT}" = "1"]?goodbye)
 same => n,Hangup()
 same => n(goodbye),Playback(\${RINGDOWN_ASTERISK_DIR}/prompts/goodbye)
 same => n,Hangup()
exten => ${numbersOf.dialplan.long},1,Answer()
 same => n,Read(DIGIT,\${RINGDOWN_ASTERISK_DIR}/prompts/long,1,,1,10)
 same => n,Wait(10)
 same => n,Hangup()
exten => ${numbersOf["ari-client"].menu},1,Stasis(bench-ari-client)
exten => ${numbersOf["ari-client"].long},1,Stasis(bench-ari-client,long)
exten => ${numbersOf.socket.menu},1,Stasis(bench-socket)
exten => ${numbersOf.socket.long},1,Stasis(bench-socket,long)
${dialling(connecting.dialplan, callees, "")}
${dialling(connecting["dialplan, keys"], callees, "tT")}
exten => ${recording.dialplan.talk},1,Answer()
 same => n,MixMonitor(\${UNIQUEID}.wav)
 same => n,Playback(\${RINGDOWN_ASTERISK_DIR}/prompts/long)
 same => n,Hangup()
exten => ${recording.dialplan.start},1,Answer()
 same => n,MixMonitor(\${UNIQUEID}.wav)
 same => n,Wait(10)
 same => n,Hangup()
exten => ${meeting.dialplan},1,Answer()
 same => n,Set(CONFBRIDGE(user,quiet)=yes)
 same => n,ConfBridge(bench)
 same => n,Hangup()
`;

/** The tests' Asterisk with a dialplan for all that is compared. */
export async function startBenchAsterisk(callees: Callees): Promise<Asterisk> {
  const templates = mkdtempSync(join(tmpdir(), "bench-templates-"));
  chmodSync(templates, 0o755);
  cpSync(TEMPLATES, templates, { recursive: true });
  appendFileSync(join(templates, "extensions.conf"), dialplan(callees));
  // Nothing but what is compared needs it.
  appendFileSync(join(templates, "modules.conf"), "\nload = app_confbridge.so\n");
  // As it comes; without a file it does not load.
  writeFileSync(join(templates, "confbridge.conf"), "[general]\n", { mode: 0o644 });
  const asterisk = await startAsterisk({
    environment: { RINGDOWN_ASTERISK_TEMPLATES: templates, RINGDOWN_RTP_END: LAST_RTP_PORT },
  });
  // Ringdown refuses a setting that is none of its own.
  const { RINGDOWN_ASTERISK_TEMPLATES: _, ...environment } = asterisk.environment;
  return { ...asterisk, environment };
}

/** Gives Asterisk these sound files as prompts of its own; gives their names. */
export function installPrompts(asterisk: Asterisk, files: Prompts): Prompts {
  const directory = join(asterisk.directory, "prompts");
  mkdirSync(directory, { recursive: true });
  const { uid, gid } = statSync(asterisk.directory);
  chownSync(directory, uid, gid);
  const install = (name: keyof Prompts): string => {
    const path = join(directory, name);
    copyFileSync(files[name], `${path}.wav`);
    chownSync(`${path}.wav`, uid, gid);
    return `sound:${path}`;
  };
  return { welcome: install("welcome"), goodbye: install("goodbye"), long: install("long") };
}
