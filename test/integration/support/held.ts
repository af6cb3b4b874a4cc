/** Holds by phones that number their packets anew, and lower, when they come back. */
import { expect } from "vitest";
import { z } from "zod";
import type { Call } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import type { Lab } from "../../support/lab.ts";

const bridgesSchema = z.looseObject({ id: z.string(), technology: z.string() }).array();

/** How often Ringdown has asked Asterisk for something since it began. */
const timesAsked = async ({ asterisk }: Lab, operation: string): Promise<number> => {
  const page = await (await fetch(`http://${asterisk.address}:8081/metrics`)).text();
  const count = `ringdown_ari_request_seconds_count{operation="${operation}",outcome="done"} `;
  return Number(page.split(count)[1]?.split("\n")[0] ?? 0);
};

/** Holds whoever is at the other end; resolves when Ringdown knows how the packets have been numbered so far. */
export async function hold(lab: Lab, call: Call): Promise<void> {
  const before = await timesAsked(lab, "channels.rtpstatistics");
  expect((await call.offer("sendonly")).status).toBe(200);
  await eventually("a look", async () => (await timesAsked(lab, "channels.rtpstatistics")) > before);
}

/** Comes back, numbering its packets anew; resolves when Asterisk is ready for that. */
export async function comeBack(lab: Lab, call: Call): Promise<void> {
  const before = await timesMadeAnew(lab);
  expect((await call.offer("sendrecv")).status).toBe(200);
  await madeAnew(lab, before);
}

/** How often translators have been made anew by a third that came. */
export const timesMadeAnew = (lab: Lab): Promise<number> => timesAsked(lab, "bridges.play");

/** Resolves when translators have been made anew since it was so often, and the third is gone. */
export async function madeAnew(lab: Lab, before: number): Promise<void> {
  await eventually("new translators", async () => (await timesMadeAnew(lab)) > before);
  await eventually("nobody who helps", async () => {
    const bridges = bridgesSchema.parse(await lab.asterisk.ari("GET", "/bridges"));
    return bridges.every(({ id, technology }) => technology !== "softmix" && !id.endsWith(".translators"));
  });
}

export async function holdAndComeBack(lab: Lab, call: Call): Promise<void> {
  await hold(lab, call);
  await comeBack(lab, call);
}
