import type { AnsweringMachines } from "../../src/ports/answering-machines.ts";

/** Records who is listened to. */
export const fakeAnsweringMachines = (asked: string[]): AnsweringMachines => ({
  listen: async (channelId, detectionId) => void asked.push(`listen ${channelId} ${detectionId}`),
  told: async () => [],
});
