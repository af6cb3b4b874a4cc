import { seeList } from "../../flow/remedies.ts";
import type { Confbridge } from "../../model/confbridge.ts";
import { type Conference, isOpen } from "../../model/conference.ts";
import { ConferencingError } from "../../ports/conferencing.ts";
import type { ConferenceServices } from "./services.ts";

const another = (path: string): string => `POST /v1.0/${path} makes another`;
const UNLOCK = 'PUT /v1.0/conferences/ID with {"locked": false} lets calls in again';

type Stores = Pick<ConferenceServices, "storage">;

/** The conference, if a call of this customer can get in now. @throws ConferencingError */
export async function openConference({ storage }: Stores, id: string, customerId: string): Promise<Conference> {
  const conference = await storage.conferences.get(id, customerId);
  if (!conference) throw new ConferencingError("unknown", `there is no conference ${id}`, seeList("conferences"));
  if (!isOpen(conference)) throw new ConferencingError("ended", "the conference has ended", another("conferences"));
  if (conference.locked) throw new ConferencingError("locked", "the conference is locked", UNLOCK);
  return conference;
}

/** The confbridge, if a call of this customer can get in now. @throws ConferencingError */
export async function openConfbridge(stores: Stores, id: string, customerId: string): Promise<Confbridge> {
  const confbridge = await stores.storage.confbridges.get(id, customerId);
  if (!confbridge) throw new ConferencingError("unknown", `there is no confbridge ${id}`, seeList("confbridges"));
  if (confbridge.status !== "progressing")
    throw new ConferencingError("ended", "the confbridge has ended", another("confbridges"));
  if (confbridge.reference_id !== null) await openConference(stores, confbridge.reference_id, customerId);
  return confbridge;
}
