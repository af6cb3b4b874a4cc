import { existsSync, statSync } from "node:fs";
import { type Config, ConfigError, readConfig } from "../../config.ts";
import type { Terminal } from "../terminal.ts";
import { doubt, type Finding, fault, fine } from "./finding.ts";

/** 24 random bytes, as everything of ours makes them. */
const NEW_SECRET = "$(openssl rand -hex 24)";
const SHORTEST_SECRET = 16;
/** A secret of fewer different characters was typed, not generated. */
const FEWEST_CHARACTERS = 8;
/** Anybody on the machine may read. */
const READABLE_BY_OTHERS = 0o044;

/** The settings, if they can be used, and what is wrong with them. */
export function checkSettings({ environment, envFile }: Terminal): {
  readonly config?: Config;
  readonly findings: readonly Finding[];
} {
  try {
    const config = readConfig(environment, envFile);
    return { config, findings: [fine("settings", "all are known and valid")] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { findings: error.faults.map((text) => fault("settings", text, remedyOf(text, envFile))) };
  }
}

function remedyOf(text: string, envFile: string): string {
  const name = text.split(/[ :]/)[0] ?? "";
  if (/(PASSWORD|KEY)$/.test(name)) return `echo "${name}=${NEW_SECRET}" >> ${envFile}`;
  return `change it in ${envFile} or in the environment; docs/configuration.md has every setting`;
}

/** Whether the secrets are worth the name. */
export function checkSecrets(config: Config, envFile: string): readonly Finding[] {
  const secrets = Object.entries(config).filter(
    (entry): entry is [string, string] => /_(PASSWORD|KEY)$/.test(entry[0]) && typeof entry[1] === "string",
  );
  const weak = secrets.flatMap(([name, value]) => {
    const reason =
      weaknessOf(value) ?? (isUsedTwice(value, secrets) ? "is used for something else as well" : undefined);
    return reason === undefined ? [] : [fault("secrets", `${name} ${reason}`, replaceIt(name, envFile))];
  });
  const exposed = exposure(envFile);
  if (weak.length + exposed.length > 0) return [...weak, ...exposed];
  return [fine("secrets", `${secrets.length}, all long and different`)];
}

function weaknessOf(secret: string): string | undefined {
  if (secret.length < SHORTEST_SECRET) return `is shorter than ${SHORTEST_SECRET} characters`;
  return new Set(secret).size < FEWEST_CHARACTERS ? "can be guessed" : undefined;
}

const isUsedTwice = (secret: string, all: readonly (readonly [string, string])[]): boolean =>
  all.filter(([, value]) => value === secret).length > 1;

const replaceIt = (name: string, envFile: string): string =>
  `set ${name}=${NEW_SECRET} in ${envFile}, and the same where Asterisk has it`;

function exposure(envFile: string): readonly Finding[] {
  if (!existsSync(envFile) || (statSync(envFile).mode & READABLE_BY_OTHERS) === 0) return [];
  return [doubt("secrets", `${envFile} can be read by others on this machine`, `chmod 600 ${envFile}`)];
}

const LOOPBACK = /^(127\.|::1$|localhost$)/;
const EVERYWHERE = /^(0\.0\.0\.0|::)$/;

/** Whether something is open to the network that should not be. */
export function checkExposure(config: Config): readonly Finding[] {
  const { RINGDOWN_MEDIA_BIND: media, RINGDOWN_HTTP_BIND: http } = config;
  return [
    ...(EVERYWHERE.test(media)
      ? [
          doubt(
            "network",
            "the media port is open to every network",
            "set RINGDOWN_MEDIA_BIND to the address by which Asterisk reaches this machine: 127.0.0.1 when it is the same",
          ),
        ]
      : []),
    ...(LOOPBACK.test(http)
      ? []
      : [
          doubt(
            "network",
            `the API is open on ${http} without TLS`,
            "put a proxy with TLS in front of it, bound to 127.0.0.1",
          ),
        ]),
  ];
}
