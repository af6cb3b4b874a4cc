/** Which way the sound of a call is stopped: `in` what it says, `out` what it hears. */
export const muteDirections = ["both", "in", "out"] as const;
export type MuteDirection = (typeof muteDirections)[number];

/** How a call is muted; empty: not at all. */
export const mutings = ["", ...muteDirections] as const;
export type Muting = (typeof mutings)[number];

export const muteAlso = (muting: Muting, direction: MuteDirection): MuteDirection =>
  muting === "" || muting === direction ? direction : "both";

export function unmute(muting: Muting, direction: MuteDirection): Muting {
  if (direction === "both" || muting === direction) return "";
  if (muting !== "both") return muting;
  return direction === "in" ? "out" : "in";
}
