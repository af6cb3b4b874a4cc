import type { AriConnection } from "../../asterisk/ari/connection.ts";
import { doubt, type Finding, fault, fine } from "./finding.ts";

/** Modules of Asterisk, and what calls can't do without each. */
const NEEDED: Readonly<Record<string, string>> = {
  res_ari_applications: "the application of Ringdown",
  res_ari_asterisk: "settings, accounts, this check",
  res_ari_bridges: "conversations of two and more",
  res_ari_channels: "everything that is done with a call",
  res_ari_endpoints: "accounts and their state",
  res_ari_events: "news of calls",
  res_ari_playbacks: "prompts, and stopping them",
  res_stasis: "handing calls over",
  res_stasis_answer: "answering",
  res_stasis_playback: "prompts",
  app_stasis: "handing calls over in the dialplan",
  res_http_websocket: "news of calls",
  res_http_media_cache: "fetching prompts from Ringdown",
  res_curl: "fetching prompts from Ringdown",
  func_curl: "fetching prompts from Ringdown",
  format_wav: "prompts",
  codec_resample: "prompts on wideband calls",
  bridge_simple: "conversations",
  bridge_builtin_features: "conversations",
  chan_pjsip: "SIP",
  res_pjsip_session: "SIP",
  res_pjsip_sdp_rtp: "audio of SIP calls",
  res_rtp_asterisk: "audio of SIP calls",
  pbx_config: "the dialplan in extensions.conf",
};

/** Modules that only some actions need. */
const WANTED: Readonly<Record<string, string>> = {
  app_echo: "echo",
  app_playback: "the announcement while Ringdown is away",
  app_amd: "amd",
  bridge_holding: "queues",
  bridge_softmix: "conferences",
  chan_rtp: "external media by RTP",
  chan_websocket: "live audio, transcriptions, external media by WebSocket and AudioSocket",
  func_base64: "texts (SIP MESSAGE) that come in",
  func_strings: "calls that go round in circles",
  func_talkdetect: "noticing speech",
  res_ari_recordings: "recordings",
  res_musiconhold: "music on hold",
  res_pjsip_header_funcs: "calls that go round in circles",
  res_pjsip_dtmf_info: "keys sent by SIP INFO",
  res_pjsip_endpoint_identifier_ip: "taking calls from carriers",
  res_pjsip_messaging: "texts (SIP MESSAGE)",
  res_pjsip_outbound_authenticator_digest: "carriers that ask for a password",
  res_pjsip_outbound_registration: "registering at carriers",
  res_sorcery_astdb: "accounts and trunks made over the API",
  res_stasis_recording: "recordings",
  res_stasis_snoop: "recordings, amd, speaking over a call",
};

/** Where Asterisk dials Ringdown. */
const OF_OUTBOUND_SOCKET: Readonly<Record<string, string>> = { res_websocket_client: "dialling Ringdown" };

/** Whether everything is loaded that calls need. */
export async function checkModules({ ari }: AriConnection, socket: "listen" | "dial"): Promise<Finding> {
  const running = new Set(
    (await ari.asterisk.listModules())
      .filter(({ status }) => status === "Running")
      .map(({ name }) => name.replace(/\.so$/, "")),
  );
  const lacking = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).flatMap(([name, purpose]) => (running.has(name) ? [] : [`load = ${name}.so   ; ${purpose}`]));
  const needed = lacking(socket === "listen" ? { ...NEEDED, ...OF_OUTBOUND_SOCKET } : NEEDED);
  const wanted = lacking(WANTED);
  const missing = [...needed, ...wanted];
  if (missing.length === 0) return fine("modules", "everything is loaded that Ringdown uses");
  const count = `${missing.length} ${missing.length === 1 ? "module is" : "modules are"} not loaded`;
  const remedy = [
    "add to [modules] of modules.conf (a `noload` of the same module must go), then restart Asterisk:",
    ...missing.map((line) => `  ${line}`),
  ];
  return needed.length > 0
    ? fault("modules", count, ...remedy)
    : doubt("modules", `${count}; some actions need them`, ...remedy);
}
