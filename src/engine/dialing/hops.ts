/** Calls that come out of each other, at most: one that calls itself would do so for ever. */
export const MAX_HOPS = 10;
