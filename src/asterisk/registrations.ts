import type { Contact, Registrations } from "../ports/registrations.ts";
import { TelephonyError } from "../ports/telephony.ts";
import { type AskFunction, type AskingSettings, withAskingChannel } from "./asking-channel.ts";

const MS_PER_SECOND = 1_000;

/** Who is registered at Asterisk, with what each phone has told about itself. */
export const asteriskRegistrations = (settings: AskingSettings): Registrations => ({
  async of(accounts, signal) {
    const now = settings.connection.state();
    if (now.kind === "down") throw new TelephonyError("unavailable", "registrations", now.reason);
    if (accounts.length === 0) return new Map();
    return await withAskingChannel(settings, signal, async (ask) => {
      const found = await Promise.all(accounts.map(async (name) => [name, await contactsOf(ask, name)] as const));
      return new Map(found);
    });
  },
});

async function contactsOf(ask: AskFunction, account: string): Promise<readonly Contact[]> {
  const ids = (await ask(`PJSIP_AOR(${account},contact)`)) ?? "";
  const contacts = await Promise.all(
    ids
      .split(",")
      .filter((id) => id !== "")
      .map((id) => contactOf(ask, id)),
  );
  return contacts.flatMap((contact) => contact ?? []);
}

/** Undefined when it has gone since. */
async function contactOf(ask: AskFunction, id: string): Promise<Contact | undefined> {
  const [uri, userAgent, expires] = await Promise.all(
    ["uri", "user_agent", "expiration_time"].map((field) => ask(`PJSIP_CONTACT(${id},${field})`)),
  );
  if (!uri) return undefined;
  const expiresMs = Number(expires) * MS_PER_SECOND;
  return {
    uri,
    userAgent: userAgent || null,
    expiresAt: expiresMs > 0 ? new Date(expiresMs).toISOString() : null,
  };
}
