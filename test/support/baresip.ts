import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { eventually } from "./eventually.ts";
import { endProcess, keepOutput, type Output } from "./process.ts";
import type { Sound } from "./rtp/listener.ts";
import type { Credentials } from "./sip/digest.ts";
import type { Peer } from "./sip/socket.ts";
import { samplesOf, silence, tone, wav } from "./tones.ts";

const eventSchema = z.looseObject({
  type: z.string().optional(),
  event: z.boolean().optional(),
  message: z.boolean().optional(),
  body: z.string().optional(),
});

/** baresip, a phone of others: the second opinion on our own phone's audio and texts. One call at a time. */
export type Baresip = AsyncDisposable & {
  readonly output: Output;
  dial(number: string): void;
  /** Takes the call that rings. */
  accept(): void;
  press(key: string): void;
  hangup(): void;
  /** Writes to its contact. */
  write(text: string): void;
  /** What was written to it. */
  readonly texts: readonly string[];
  /** Waits for an event such as CALL_ESTABLISHED or CALL_CLOSED. */
  saw(type: string): Promise<void>;
  /** What the call heard; complete only after its end. */
  heard(): Sound;
  close(): Promise<void>;
};

const SAMPLE_RATES_HZ = { pcmu: 8_000, "g722/16000/1": 16_000 } as const;
const CONTROL_PORT = 4444;
/** A source that ends would end the call. */
const SPEECH_MS = 120_000;

/** Starts baresip at an address of its own. */
export const startBaresip = async (options: {
  address: string;
  server: Peer;
  codec?: keyof typeof SAMPLE_RATES_HZ;
  says?: number;
  /** It registers with this at the server; without one, it is known nowhere. */
  credentials?: Credentials;
  /** The number that it writes to. */
  contact?: string;
}): Promise<Baresip> => {
  const { address, server, codec = "pcmu", contact } = options;
  const sampleRateHz = SAMPLE_RATES_HZ[codec];
  const directory = mkdtempSync(join(tmpdir(), "baresip-"));
  const sounds = join(directory, "sounds");
  mkdirSync(sounds);
  const voice =
    options.says === undefined ? silence(SPEECH_MS, sampleRateHz) : tone(options.says, SPEECH_MS, sampleRateHz);
  writeFileSync(join(directory, "voice.wav"), wav([voice], sampleRateHz));
  writeFileSync(join(directory, "config"), configuration({ address, directory, sounds, sampleRateHz }));
  writeFileSync(join(directory, "accounts"), `${accountOf(options)};audio_codecs=${codec}\n`);
  writeFileSync(join(directory, "contacts"), contact ? `"Contact" <sip:${contact}@${server.address}>\n` : "");
  const lines: string[] = [];
  const events: string[] = [];
  const texts: string[] = [];
  const child = spawn("baresip", ["-f", directory], { stdio: ["ignore", "pipe", "pipe"] });
  keepOutput(child, lines);
  const control = await eventually("baresip's control port", () => reach(address));
  readNetstrings(control, (text) => {
    const { event, type, message, body } = eventSchema.parse(JSON.parse(text));
    if (event && type) events.push(type);
    if (message) texts.push(body ?? "");
  });
  const command = (name: string, parameters?: string): void => {
    const text = JSON.stringify({ command: name, params: parameters });
    control.write(`${Buffer.byteLength(text)}:${text},`);
  };
  const close = async (): Promise<void> => {
    control.destroy();
    await endProcess(child, "SIGTERM");
    rmSync(directory, { recursive: true });
  };

  return {
    output: { name: "baresip", lines },
    dial: (number) => command("dial", `sip:${number}@${server.address}:${server.port}`),
    accept: () => command("accept"),
    press: (key) => command("sndcode", key),
    hangup: () => command("hangup"),
    write: (text) => command("message", text),
    texts,
    saw: async (type) => {
      await eventually(
        `baresip's ${type}`,
        () => events.includes(type) || Promise.reject(new Error(events.join(", "))),
      );
    },
    heard: () => {
      const recording = readdirSync(sounds).find((name) => name.endsWith("-dec.wav"));
      if (!recording) throw new Error("baresip recorded nothing");
      return { pcm: samplesOf(readFileSync(join(sounds, recording))), sampleRateHz, startMs: 0 };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};

type Home = { readonly address: string; readonly server: Peer; readonly credentials?: Credentials };

const accountOf = ({ address, server, credentials }: Home): string =>
  credentials
    ? `<sip:${credentials.user}@${server.address};transport=udp>;auth_pass=${credentials.password};regint=60`
    : `<sip:baresip@${address};transport=udp>;regint=0`;

const configuration = (own: { address: string; directory: string; sounds: string; sampleRateHz: number }): string =>
  `poll_method epoll
sip_listen ${own.address}:5060
net_interface ${own.address}
statmode_default off
audio_player aubridge,sink
audio_alert aubridge,alert
audio_source aufile,${own.directory}/voice.wav
ausrc_srate ${own.sampleRateHz}
auplay_srate ${own.sampleRateHz}
ausrc_channels 1
auplay_channels 1
rtp_ports 32000-32100
jitter_buffer_type off
snd_path ${own.sounds}
module_path /usr/lib/baresip/modules
${["g711", "g722", "aufile", "aubridge", "sndfile"].map((name) => `module ${name}.so`).join("\n")}
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app contact.so
module_app ctrl_tcp.so
ctrl_tcp_listen ${own.address}:${CONTROL_PORT}
`;

const reach = async (address: string): Promise<Socket> => {
  const socket = connect(CONTROL_PORT, address);
  await once(socket, "connect");
  return socket;
};

/** Its control protocol: `LENGTH:JSON,` in both directions. */
const readNetstrings = (socket: Socket, take: (text: string) => void): void => {
  let pending = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    pending = Buffer.concat([pending, typeof bytes === "string" ? Buffer.from(bytes) : bytes]);
    for (let colon = pending.indexOf(":"); colon > 0; colon = pending.indexOf(":")) {
      const end = colon + 1 + Number(pending.subarray(0, colon).toString());
      if (pending.length <= end) return;
      take(pending.subarray(colon + 1, end).toString());
      pending = pending.subarray(end + 1);
    }
  });
};
