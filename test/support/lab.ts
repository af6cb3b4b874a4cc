import { afterAll, afterEach } from "vitest";
import { type Api, type Created, createdSchema, type Item } from "./api.ts";
import { type Asterisk, startAsterisk } from "./asterisk.ts";
import { type AudioServer, startAudioServer } from "./audio-server.ts";
import type { Call } from "./call.ts";
import { eventually } from "./eventually.ts";
import { nextAddress } from "./loopback.ts";
import { type DialOptions, type Phone, startPhone } from "./phone.ts";
import { tail } from "./process.ts";
import { type Ringdown, startRingdown } from "./ringdown.ts";

/** An action as a user writes it. */
export type FlowAction = Readonly<Record<string, unknown>> & { readonly type: string };

/** Everything that a test of live calls needs: Asterisk, Ringdown, audio to play, phones to call with. */
export type Lab = {
  readonly asterisk: Asterisk;
  readonly ringdown: Ringdown;
  readonly api: Api;
  readonly audio: AudioServer;
  /** A phone for this test; unplugged after it. */
  phone(options?: Partial<Parameters<typeof startPhone>[0]>): Promise<Phone>;
  /** Creates a flow; gives its id. */
  flow(actions: readonly FlowAction[]): Promise<string>;
  /** Creates a flow and a number that leads to it; gives the number. */
  route(actions: readonly FlowAction[], number?: string): Promise<string>;
  /** Calls a number from a new phone. */
  dial(number: string, options?: DialOptions): Promise<Call>;
  /** Creates a flow and calls it. */
  call(actions: readonly FlowAction[], options?: DialOptions): Promise<Call & { readonly number: string }>;
  /** Ringdown's own record of the call to a number. */
  recordOf(number: string): Promise<Created>;
  /** What Ringdown says happened in the call to a number. */
  timelineOf(number: string): Promise<readonly Item[]>;
};

/**
 * For tests that kill a process with live audio: it dials Asterisk. Asterisk 22.10 may stand still when it has dialled, and
 * has an event to tell in the instant in which the process dies, as it has when streams die with it.
 */
export const DIALS_ASTERISK = { RINGDOWN_ARI_SOCKET: "dial" } as const;

/** Clear of the demo's numbers. */
const FIRST_NUMBER = 200_000;

/** Starts a lab for the tests of one file; after each test, checks that its calls have left nothing. */
export const startLab = async ({
  environment = {},
}: {
  /** Settings of Ringdown and Asterisk beside those of the lab. */
  environment?: Readonly<Record<string, string>>;
} = {}): Promise<Lab> => {
  await using starting = new AsyncDisposableStack();
  const asterisk = starting.use(await startAsterisk({ environment }));
  const audio = starting.use(await startAudioServer());
  const ringdown = starting.use(await startRingdown({ asterisk }));
  const running = starting.move();
  const { api } = ringdown;
  const phones: Phone[] = [];
  let lastNumber = FIRST_NUMBER;

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") process.stderr.write(tail(ringdown.output) + tail(asterisk.output));
    await Promise.all(phones.splice(0).map((phone) => phone.close()));
    await expectNothingLeft(asterisk);
  });
  afterAll(() => running.disposeAsync());

  const phone: Lab["phone"] = async (options = {}) => {
    const plugged = await startPhone({
      address: nextAddress(),
      server: { address: asterisk.address, port: 5060 },
      ...options,
    });
    phones.push(plugged);
    return plugged;
  };
  const flow: Lab["flow"] = async (actions) => (await api.post("/flows", { name: "test", actions })).id;
  const route: Lab["route"] = async (actions, number = String(++lastNumber)) => {
    await api.post("/numbers", { number, call_flow_id: await flow(actions) });
    return number;
  };
  const dial: Lab["dial"] = async (number, options) => (await phone()).dial(number, options);

  const recordOf: Lab["recordOf"] = (number) =>
    eventually(`a record of the call to ${number}`, async () => {
      const calls = await api.list("/calls");
      return createdSchema.parse(calls.find(({ destination }) => JSON.stringify(destination).includes(`"${number}"`)));
    });

  return {
    asterisk,
    ringdown,
    api,
    audio,
    phone,
    flow,
    route,
    dial,
    call: async (actions, options) => {
      const number = await route(actions);
      return { ...(await dial(number, options)), number };
    },
    recordOf,
    timelineOf: async (number) => api.list(`/calls/${(await recordOf(number)).id}/timeline`),
  };
};

/** Waits until Asterisk has no channel, bridge or file of a call any more; fails with what is left. */
export const expectNothingLeft = async (asterisk: Asterisk): Promise<void> => {
  await eventually("nothing left in Asterisk", async () => {
    const left = await asterisk.leftovers();
    if (left.length > 0) throw new Error(left.join("\n"));
    return true;
  });
};
