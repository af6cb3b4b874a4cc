/** SIP accounts: endpoints that phones register at. */
import type { Account, Accounts } from "../ports/accounts.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { AriConnection } from "./ari/connection.ts";
import { type SipValues, sipObjects } from "./sip-objects.ts";
import { trunkIdOf } from "./trunk-name.ts";

export type AccountSettings = {
  readonly connection: AriConnection;
  /** Where phones reach Asterisk; undefined when it listens on every address and finds the right one itself. */
  readonly sipAddress: string | undefined;
};

/** Tells our endpoints from those that somebody wrote into a file. */
const MARK = { attribute: "accountcode", value: "ringdown" } as const;

/** Needs `endpoint`, `auth` and `aor` mapped to `astdb` in `sorcery.conf`. */
export function asteriskAccounts({ connection, sipAddress }: AccountSettings): Accounts {
  const objects = sipObjects(connection);

  /** Undefined when there is no such endpoint. */
  async function isOurs(name: string): Promise<boolean | undefined> {
    const endpoint = await objects.read("endpoint", name);
    return endpoint && endpoint[MARK.attribute] === MARK.value;
  }

  return {
    async put(account) {
      const { name } = account;
      if ((await isOurs(name)) === false) {
        throw new TelephonyError("refused", "putAccount", "Asterisk's own configuration has an endpoint of that name");
      }
      await objects.write("auth", name, authOf(account));
      await objects.write("aor", name, AOR);
      await objects.write("endpoint", name, endpointOf(account, sipAddress));
    },
    async remove(name) {
      if (!(await isOurs(name))) return;
      for (const objectType of ["endpoint", "aor", "auth"]) await objects.erase(objectType, name);
    },
    names: async () => (await objects.endpoints()).filter((endpoint) => trunkIdOf(endpoint) === undefined),
  };
}

/** By MD5, because that is what every phone can do; `md5_cred`, because Asterisk 20 knows nothing else. */
const authOf = ({ name, realm, digest }: Account) => ({ auth_type: "md5", username: name, realm, md5_cred: digest });

/** A desk phone, a mobile one, and one that forgot to say goodbye; the newest wins when there is no room. */
const AOR = { max_contacts: "3", remove_existing: "yes" };

function endpointOf({ name, displayName }: Account, sipAddress: string | undefined): SipValues {
  return {
    [MARK.attribute]: MARK.value,
    context: "inbound",
    // The other one would take texts for calls.
    message_context: "ringdown-texts",
    auth: name,
    aors: name,
    disallow: "all",
    allow: "opus,g722,ulaw,alaw",
    // The caller is the account, whatever the phone claims.
    callerid: `"${shown(displayName || name)}" <${name}>`,
    trust_id_inbound: "no",
    // Who calls is told to the phone.
    send_pai: "yes",
    // Not who else is in a bridge as others leave it: nobody has to know, and phones would be asked for their audio anew.
    send_connected_line: "no",
    // Takes keys by RFC 4733 and by SIP INFO.
    dtmf_mode: "auto_info",
    // Audio stays with Asterisk: prompts, keys and recordings need it.
    direct_media: "no",
    // Who transfers would take the other side out of its flow.
    allow_transfer: "no",
    // Phones behind NAT: answer to where signalling and audio came from.
    rtp_symmetric: "yes",
    force_rport: "yes",
    rewrite_contact: "yes",
    ...(sipAddress === undefined ? {} : { media_address: sipAddress, from_domain: sipAddress }),
  };
}

/** Without what could end the quotes. */
const shown = (name: string): string => name.replace(/["\\<>\p{Cc}]/gu, "");
