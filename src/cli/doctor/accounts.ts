import { randomUUID } from "node:crypto";
import { AriError } from "../../asterisk/ari/ari-error.ts";
import type { AriConnection } from "../../asterisk/ari/connection.ts";
import type { Config } from "../../config.ts";
import { addLines } from "./asterisk-lines.ts";
import { doubt, type Finding, fine } from "./finding.ts";

/** Whether accounts can be made while Asterisk runs: makes a place to register, belonging to nobody, and removes it. */
export async function checkAccounts({ ari }: AriConnection, config: Config): Promise<Finding> {
  const object = { configClass: "res_pjsip", objectType: "aor", id: `ringdown-doctor-${randomUUID()}` };
  try {
    await ari.asterisk.updateObject({ ...object, fields: [{ attribute: "max_contacts", value: "1" }] });
    await ari.asterisk.deleteObject(object);
    return fine("accounts", "can be made over the API");
  } catch (error) {
    if (!(error instanceof AriError)) throw error;
    return doubt("accounts", "can't be made over the API, only in pjsip.conf", ...addLines("sorcery.conf", config));
  }
}

/** Whether trunks can be made while Asterisk runs: makes an identity at an address that nobody has, and removes it. */
export async function checkTrunks({ ari }: AriConnection, config: Config): Promise<Finding> {
  const id = `ringdown-doctor-${randomUUID()}`;
  const object = { configClass: "res_pjsip", objectType: "identify", id };
  const fields = Object.entries({ endpoint: id, match: "192.0.2.1" });
  try {
    await ari.asterisk.updateObject({ ...object, fields: fields.map(([attribute, value]) => ({ attribute, value })) });
    await ari.asterisk.deleteObject(object);
    return fine("trunks", "can be made over the API");
  } catch (error) {
    if (!(error instanceof AriError)) throw error;
    return doubt("trunks", "can't be made over the API", ...addLines("sorcery.conf", config));
  }
}

/** Whether calls can go out to SIP addresses. */
export async function checkOutbound({ ari }: AriConnection, config: Config): Promise<Finding> {
  const object = { configClass: "res_pjsip", objectType: "endpoint", id: "outbound" };
  return ari.asterisk.getObject(object).then(
    () => fine("outgoing calls", "have their endpoint"),
    () =>
      doubt(
        "outgoing calls",
        "there is no endpoint for calls to SIP addresses",
        ...addLines("pjsip.conf", config, { afterwards: "run `asterisk -rx 'pjsip reload'`" }),
      ),
  );
}

/** Where Ringdown's callers come from. */
const CONTEXT = "inbound";
/** Enough to see the habit. */
const ENDPOINTS_LOOKED_AT = 50;
/** Ours, for calls to others: nobody calls through them. */
const FOR_OUTGOING: readonly string[] = ["outbound", "loopback"];

/** Which SIP endpoints lead their callers to Ringdown by themselves. */
export async function checkEndpoints({ ari }: AriConnection, accounts: Finding): Promise<Finding> {
  const check = "SIP phones";
  const endpoints = await ari.endpoints.listByTech({ tech: "PJSIP" }).catch(() => []);
  const some = endpoints.filter(({ resource }) => !FOR_OUTGOING.includes(resource)).slice(0, ENDPOINTS_LOOKED_AT);
  const contexts = await Promise.all(some.map(({ resource }) => contextOf(ari, resource)));
  const count = contexts.filter((context) => context === CONTEXT).length;
  if (count > 0) return fine(check, `${count} of ${some.length} endpoints lead to Ringdown by their context`);
  const none =
    some.length === 0 ? "there is no endpoint yet" : `none of ${some.length} endpoints has the context ${CONTEXT}`;
  if (accounts.state === "fine") return fine(check, `${none}; accounts made over the API will have it`);
  return doubt(
    check,
    none,
    `give an endpoint of pjsip.conf \`context = ${CONTEXT}\`, or lead some numbers of your own dialplan there:`,
    `  exten => 2000,1,Goto(${CONTEXT},\${EXTEN},1)`,
  );
}

const contextOf = async (ari: AriConnection["ari"], id: string): Promise<string | undefined> => {
  const tuples = await ari.asterisk
    .getObject({ configClass: "res_pjsip", objectType: "endpoint", id })
    .catch(() => undefined);
  return tuples?.find(({ attribute }) => attribute === "context")?.value;
};
