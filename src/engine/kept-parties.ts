import type { Logger } from "pino";
import type { Extension } from "../model/extension.ts";
import type { Trunk } from "../model/trunk.ts";
import type { Account, Accounts } from "../ports/accounts.ts";
import type { Carrier, Carriers } from "../ports/carriers.ts";
import type { ExtensionStore } from "../ports/extension-store.ts";
import type { TrunkStore } from "../ports/trunk-store.ts";
import type { Health } from "./health.ts";
import { keepParties, type PartyKeeper } from "./party-keeper.ts";

type Services = { readonly health: Health; readonly log: Logger };

/** Keeps the switch's SIP accounts the same as the extensions that are stored. */
export const keepExtensions = (
  store: ExtensionStore,
  parties: Accounts,
  services: Services,
): PartyKeeper<ExtensionStore> =>
  keepParties<Extension, Account, ExtensionStore>(
    {
      component: "accounts",
      plural: "SIP accounts",
      store,
      parties,
      partyOf: ({ extension, name, realm, digest }) => ({ name: extension, displayName: name, realm, digest }),
      find: (name) => store.byName(name),
      withStatus: (changes, status, status_reason) => ({ ...changes, status, status_reason }),
    },
    services,
  );

/** Keeps the switch's carriers the same as the trunks that are stored. */
export const keepTrunks = (store: TrunkStore, parties: Carriers, services: Services): PartyKeeper<TrunkStore> =>
  keepParties<Trunk, Carrier, TrunkStore>(
    {
      component: "trunks",
      plural: "trunks",
      store,
      parties,
      partyOf: ({ id, host, port, transport, username, password, register, from_user, from_domain }) => ({
        name: id,
        host,
        port,
        transport,
        username,
        password,
        register,
        from_user,
        from_domain,
      }),
      find: (id) => store.get(id),
      withStatus: (changes, status, status_reason) => ({ ...changes, status, status_reason }),
      // The addresses behind a name: calls are taken from those only.
      drifts: ({ host }) => /[a-z]/.test(host),
    },
    services,
  );
