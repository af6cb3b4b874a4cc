/** What an Asterisk needs in its files to work with Ringdown: `docs/your-own-asterisk.md` shows the same lines. */
import type { Config } from "../../config.ts";

export const asteriskFiles = [
  "http.conf",
  "ari.conf",
  "websocket_client.conf",
  "extensions.conf",
  "pjsip.conf",
  "sorcery.conf",
] as const;
export type AsteriskFile = (typeof asteriskFiles)[number];

type Settings = Pick<
  Config,
  | "RINGDOWN_ARI_URL"
  | "RINGDOWN_ARI_USERNAME"
  | "RINGDOWN_ARI_APP"
  | "RINGDOWN_ARI_LISTEN"
  | "RINGDOWN_ARI_LISTEN_USERNAME"
>;

/** The lines for one file. A secret stands as `${ITS_SETTING}`: what is printed or written down must not hold it. */
export const linesFor = (file: AsteriskFile, settings: Settings): readonly string[] =>
  LINES[file](settings).trim().split("\n");

/** How to bring them in, as steps of a remedy: all of them, or only those of some sections. */
export function addLines(
  file: AsteriskFile,
  settings: Settings,
  {
    afterwards = "restart Asterisk",
    sections,
  }: { readonly afterwards?: string; readonly sections?: readonly string[] } = {},
): readonly string[] {
  const parts = linesFor(file, settings).join("\n").split("\n\n");
  const wanted = sections ? parts.filter((part) => sections.some((name) => part.startsWith(`[${name}]`))) : parts;
  const lines = wanted.join("\n\n").split("\n");
  return [`add to ${file}, then ${afterwards}:`, ...lines.map((line) => `  ${line}`)];
}

const LINES: Readonly<Record<AsteriskFile, (settings: Settings) => string>> = {
  "http.conf": ({ RINGDOWN_ARI_URL }) => `
[general](+)
enabled = yes
bindaddr = ${hostOf(RINGDOWN_ARI_URL)}
bindport = ${new URL(RINGDOWN_ARI_URL).port || "80"}
sessionlimit = 1000
`,
  "ari.conf": ({ RINGDOWN_ARI_USERNAME, RINGDOWN_ARI_APP }) => `
[general](+)
enabled = yes
websocket_write_timeout = 2000

[${RINGDOWN_ARI_USERNAME}]
type = user
password = \${RINGDOWN_ARI_PASSWORD}

[ringdown-outbound]
type = outbound_websocket
websocket_client_id = ringdown
apps = ${RINGDOWN_ARI_APP}
local_ari_user = ${RINGDOWN_ARI_USERNAME}
`,
  "websocket_client.conf": ({ RINGDOWN_ARI_LISTEN, RINGDOWN_ARI_LISTEN_USERNAME }) => `
[ringdown]
type = websocket_client
connection_type = persistent
uri = ws://${RINGDOWN_ARI_LISTEN.host}:${RINGDOWN_ARI_LISTEN.port}/ari
protocols = ari
username = ${RINGDOWN_ARI_LISTEN_USERNAME}
password = \${RINGDOWN_ARI_LISTEN_PASSWORD}
connection_timeout = 500
reconnect_interval = 500
reconnect_attempts = 1200
`,
  "extensions.conf": ({ RINGDOWN_ARI_APP }) => `
[inbound]
exten => _[+*#0-9a-zA-Z]!,1,GotoIf($[\${EPOCH} - 0\${RINGDOWN_HEARTBEAT} > 30]?away)
 same => n,Ringing()
 same => n,Stasis(${RINGDOWN_ARI_APP},inbound,\${FILTER(0-9,\${PJSIP_HEADER(read,Ringdown-Hops)})},\${CHANNEL(audionativeformat)})
 same => n,GotoIf($["\${STASISSTATUS}" = "FAILED"]?away)
 same => n,Hangup()
 same => n(away),Progress()
 same => n,Playback(ss-noservice&silence/1&ss-noservice,noanswer)
 same => n,Hangup(38)
exten => h,1,Hangup()

[ringdown-service]
exten => echo,1,Answer()
 same => n,Echo()
 same => n,Hangup()
exten => amd,1,AMD(\${RINGDOWN_AMD})
 same => n(tell),Stasis(${RINGDOWN_ARI_APP},servant,amd,\${RINGDOWN_CALL},\${AMDSTATUS},\${AMDCAUSE})
 same => n,Wait(1)
 same => n,Goto(tell)

[ringdown-texts]
exten => _[+*#0-9a-zA-Z]!,1,Stasis(${RINGDOWN_ARI_APP},text,\${BASE64_ENCODE(\${MESSAGE(from)})},\${BASE64_ENCODE(\${MESSAGE_DATA(Call-ID)} \${MESSAGE_DATA(CSeq)})},\${BASE64_ENCODE(\${MESSAGE(body)})},\${FILTER(0-9,\${MESSAGE_DATA(Ringdown-Hops)})})
 same => n,Hangup()
exten => h,1,Hangup()
`,
  "pjsip.conf": () => `
[ringdown-sip](!)
type = endpoint
identify_by = ip
disallow = all
allow = opus,g722,ulaw,alaw
dtmf_mode = auto_info
direct_media = no
allow_transfer = no
rtp_symmetric = yes
force_rport = yes
rewrite_contact = yes
send_pai = yes
send_connected_line = no

[outbound](ringdown-sip)

[loopback](ringdown-sip)
media_address = 127.0.0.1
bind_rtp_to_media_address = yes
from_domain = 127.0.0.1
`,
  "sorcery.conf": () => `
[res_pjsip]
endpoint = config,pjsip.conf,criteria=type=endpoint
endpoint = astdb,ps_endpoints
auth = config,pjsip.conf,criteria=type=auth
auth = astdb,ps_auths
aor = config,pjsip.conf,criteria=type=aor
aor = astdb,ps_aors

[res_pjsip_endpoint_identifier_ip]
identify = config,pjsip.conf,criteria=type=identify
identify = astdb,ps_identifies

[res_pjsip_outbound_registration]
registration = config,pjsip.conf,criteria=type=registration
registration = astdb,ps_registrations
`,
};

function hostOf(url: string): string {
  const { hostname } = new URL(url);
  return hostname === "localhost" ? "127.0.0.1" : hostname;
}
