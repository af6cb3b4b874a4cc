/** How several addresses ring: all at once, or one after the other. */
export const ringMethods = ["ring_all", "linear"] as const;
export type RingMethod = (typeof ringMethods)[number];
