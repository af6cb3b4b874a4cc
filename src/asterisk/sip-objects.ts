/** SIP objects in Asterisk's own database: usable at once, without a file and without a reload, and there after a restart. */
import { TelephonyError } from "../ports/telephony.ts";
import type { AriConnection } from "./ari/connection.ts";
import { askThrough, unlessGone } from "./ask.ts";

/** Attributes of an object, as Asterisk writes them. */
export type SipValues = Readonly<Record<string, string>>;

const PJSIP = "res_pjsip";
/** Writing a row takes milliseconds; somebody waits for the answer. */
const DEADLINE_MS = 3_000;

export type SipObjects = ReturnType<typeof sipObjects>;

/** Each type needs its mapping to `astdb` in `sorcery.conf`. Asks now or not at all. */
export function sipObjects({ ari, state, whenUp }: AriConnection) {
  const { asterisk, endpoints } = ari;
  const ask = askThrough({ state, whenUp });
  const options = { deadlineMs: DEADLINE_MS };

  async function asked<T>(operation: string, request: () => Promise<T>): Promise<T> {
    const now = state();
    if (now.kind === "down") throw new TelephonyError("unavailable", operation, now.reason);
    return ask(operation, AbortSignal.timeout(DEADLINE_MS), request);
  }

  const erase = (objectType: string, id: string): Promise<void> =>
    unlessGone(asked("removeParty", () => asterisk.deleteObject({ configClass: PJSIP, objectType, id }, options)));

  /** Of an attribute with several values, one. Undefined when there is no such object. */
  async function read(objectType: string, id: string): Promise<SipValues | undefined> {
    try {
      const fields = await asked("findParty", () =>
        asterisk.getObject({ configClass: PJSIP, objectType, id }, options),
      );
      return Object.fromEntries(fields.map(({ attribute, value }) => [attribute, value]));
    } catch (error) {
      if (error instanceof TelephonyError && error.fault === "gone") return undefined;
      throw error;
    }
  }

  /** Makes an object, or changes the attributes that are given; others stay as they are. */
  async function write(objectType: string, id: string, values: SipValues): Promise<void> {
    const fields = Object.entries(values).map(([attribute, value]) => ({ attribute, value }));
    await asked("putParty", () => asterisk.updateObject({ configClass: PJSIP, objectType, id, fields }, options));
  }

  return {
    write,
    /**
     * Makes an object anew, unless it is so already; whether it did. A change would give attributes that can have several
     * values one more, of which Asterisk's database keeps one.
     */
    async replace(objectType: string, id: string, values: SipValues): Promise<boolean> {
      const present = await read(objectType, id);
      if (present && Object.entries(values).every(([attribute, value]) => present[attribute] === value)) {
        return false;
      }
      if (present) await erase(objectType, id);
      await write(objectType, id, values);
      return true;
    },
    read,
    /** Nothing when there is none. */
    erase,
    /** Of every endpoint, whoever made it. */
    endpoints: () =>
      asked("parties", async () => {
        const found = await endpoints.listByTech({ tech: "PJSIP" }, options);
        return found.map(({ resource }) => resource);
      }),
  };
}
