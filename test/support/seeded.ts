/** Numbers from 0 to below 1 that look random and are the same in each run (a linear congruential generator). */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * MULTIPLIER + INCREMENT) % MODULUS;
    return state / MODULUS;
  };
};

/** Those of ZX81 computers: small enough for a double to multiply exactly. */
const MULTIPLIER = 75;
const INCREMENT = 74;
const MODULUS = 65_537;
