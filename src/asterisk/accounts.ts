/** SIP accounts in Asterisk's own database: usable at once, without a file and without a reload, and there after a restart. */
import type { Account, Accounts } from "../ports/accounts.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { AriConnection } from "./ari/connection.ts";
import { askThrough, unlessGone } from "./ask.ts";

export type AccountSettings = {
  readonly connection: AriConnection;
  /** Where phones reach Asterisk; undefined when it listens on every address and finds the right one itself. */
  readonly sipAddress: string | undefined;
};

const PJSIP = "res_pjsip";
/** Tells our endpoints from those that somebody wrote into a file. */
const MARK = { attribute: "accountcode", value: "ringdown" } as const;
/** Writing a row takes milliseconds; somebody waits for the answer. */
const DEADLINE_MS = 3_000;

/** Needs `endpoint`, `auth` and `aor` mapped to `astdb` in `sorcery.conf`. */
export function asteriskAccounts({ connection, sipAddress }: AccountSettings): Accounts {
  const { asterisk, endpoints } = connection.ari;
  const ask = askThrough(connection);
  const options = { deadlineMs: DEADLINE_MS };

  /** Asks now or not at all. */
  async function asked<T>(operation: string, request: () => Promise<T>): Promise<T> {
    const state = connection.state();
    if (state.kind === "down") throw new TelephonyError("unavailable", operation, state.reason);
    return ask(operation, AbortSignal.timeout(DEADLINE_MS), request);
  }

  const write = (objectType: string, id: string, values: Readonly<Record<string, string>>) => {
    const fields = Object.entries(values).map(([attribute, value]) => ({ attribute, value }));
    return asterisk.updateObject({ configClass: PJSIP, objectType, id, fields }, options);
  };
  const erase = (objectType: string, id: string) =>
    unlessGone(asked("removeAccount", () => asterisk.deleteObject({ configClass: PJSIP, objectType, id }, options)));

  /** Undefined when there is no such endpoint. */
  async function isOurs(id: string): Promise<boolean | undefined> {
    const object = { configClass: PJSIP, objectType: "endpoint", id };
    try {
      const fields = await asked("findAccount", () => asterisk.getObject(object, options));
      return fields.some(({ attribute, value }) => attribute === MARK.attribute && value === MARK.value);
    } catch (error) {
      if (error instanceof TelephonyError && error.fault === "gone") return undefined;
      throw error;
    }
  }

  return {
    async put(account) {
      const { name } = account;
      if ((await isOurs(name)) === false) {
        throw new TelephonyError("refused", "putAccount", "Asterisk's own configuration has an endpoint of that name");
      }
      await asked("putAccount", async () => {
        await write("auth", name, authOf(account));
        await write("aor", name, AOR);
        await write("endpoint", name, endpointOf(account, sipAddress));
      });
    },
    async remove(name) {
      if (!(await isOurs(name))) return;
      for (const objectType of ["endpoint", "aor", "auth"]) await erase(objectType, name);
    },
    names: () =>
      asked("accounts", async () => {
        const found = await endpoints.listByTech({ tech: "PJSIP" }, options);
        return found.map(({ resource }) => resource);
      }),
  };
}

/** By MD5, because that is what every phone can do; `md5_cred`, because Asterisk 20 knows nothing else. */
const authOf = ({ name, realm, digest }: Account) => ({ auth_type: "md5", username: name, realm, md5_cred: digest });

/** A desk phone, a mobile one, and one that forgot to say goodbye; the newest wins when there is no room. */
const AOR = { max_contacts: "3", remove_existing: "yes" };

function endpointOf({ name, displayName }: Account, sipAddress: string | undefined): Record<string, string> {
  return {
    [MARK.attribute]: MARK.value,
    context: "inbound",
    auth: name,
    aors: name,
    disallow: "all",
    allow: "opus,g722,ulaw,alaw",
    // The caller is the account, whatever the phone claims.
    callerid: `"${shown(displayName || name)}" <${name}>`,
    trust_id_inbound: "no",
    // Who calls is told to the phone.
    send_pai: "yes",
    // Takes keys by RFC 4733 and by SIP INFO.
    dtmf_mode: "auto_info",
    // Audio stays with Asterisk: prompts, keys and recordings need it.
    direct_media: "no",
    // Phones behind NAT: answer to where signalling and audio came from.
    rtp_symmetric: "yes",
    force_rport: "yes",
    rewrite_contact: "yes",
    ...(sipAddress === undefined ? {} : { media_address: sipAddress, from_domain: sipAddress }),
  };
}

/** Without what could end the quotes. */
const shown = (name: string): string => name.replace(/["\\<>\p{Cc}]/gu, "");
