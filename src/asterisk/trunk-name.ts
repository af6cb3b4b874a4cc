/** Trunks are endpoints of their own in Asterisk; extensions can't have such names. */
const PREFIX = "trunk-";
const OF_TRUNK = /^trunk-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** Asterisk names a channel for its endpoint, and counts. */
const OF_PJSIP = /^PJSIP\/(.*)-[0-9a-f]{8}$/;

/** The endpoint of a trunk. */
export const trunkName = (trunkId: string): string => PREFIX + trunkId;

/** The trunk that a channel goes through; undefined for every other one. */
export const trunkOfChannel = (name: string): string | undefined => trunkIdOf(OF_PJSIP.exec(name)?.[1] ?? "");

/** The trunk that an endpoint stands for; undefined for every other one. */
export const trunkIdOf = (endpoint: string): string | undefined => OF_TRUNK.exec(endpoint)?.[1];
