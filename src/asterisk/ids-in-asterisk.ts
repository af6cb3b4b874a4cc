import type { AriConnection } from "./ari/connection.ts";
import type { AriEvent } from "./ari/event.ts";

type Kept = {
  /** The id of what this event says is gone, if it says that. */
  goneBy(event: AriEvent): string | undefined;
  /** The ids of all that is in Asterisk, and which of them are to be kept. */
  look(): Promise<{ readonly present: readonly string[]; readonly kept: readonly string[] }>;
  /** Hears of each id that is gone, and was kept. */
  onGone?(id: string): void;
};

/**
 * Ids for which Asterisk would have to be asked too often. They go with its events, and are compared with what is there
 * each time that it is reached: an earlier process may have made some, and others gone while nobody told us. What is added
 * has to be there already. Made before the connection starts.
 */
export function idsInAsterisk(
  { onEvent, onState }: Pick<AriConnection, "onEvent" | "onState">,
  { goneBy, look, onGone }: Kept,
) {
  const ids = new Set<string>();
  let compared: Promise<unknown> = Promise.resolve();

  onEvent((event) => drop(goneBy(event) ?? ""));
  onState(({ kind }) => {
    if (kind === "up") compared = compare().catch(() => undefined);
  });

  function drop(id: string): void {
    if (ids.delete(id)) onGone?.(id);
  }

  async function compare(): Promise<void> {
    const known = [...ids];
    const { present, kept } = await look();
    const there = new Set(present);
    for (const id of known) if (!there.has(id)) drop(id);
    for (const id of kept) ids.add(id);
  }

  return {
    ids,
    /** Resolves when they have been compared since Asterisk was reached. */
    compared: (): Promise<unknown> => compared,
  };
}
