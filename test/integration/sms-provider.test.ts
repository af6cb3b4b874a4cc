/** Texts to and from telephone numbers by way of a provider that Ringdown knows nothing of. */
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { listenToEvents } from "../support/event-client.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { SERVER_ADDRESS } from "../support/loopback.ts";
import { PROVIDER_BODY, PROVIDER_KEY, PROVIDER_SECRET, startSmsProvider } from "../support/sms-provider.ts";

const PUBLIC_URL = "https://calls.example.test";
const provider = await startSmsProvider(SERVER_ADDRESS, 8025);
afterAll(provider.close);
const lab = await startLab({
  environment: {
    RINGDOWN_SMS_GATEWAY: "http",
    RINGDOWN_SMS_HTTP_URL: provider.url,
    RINGDOWN_SMS_HTTP_HEADERS: JSON.stringify({ "x-api-key": PROVIDER_KEY }),
    RINGDOWN_SMS_HTTP_BODY: PROVIDER_BODY,
    RINGDOWN_SMS_HTTP_SUCCESS: "messages.0.status=0",
    RINGDOWN_SMS_HTTP_REFERENCE: "messages.0.message-id",
    RINGDOWN_SMS_HTTP_INBOUND: "from=msisdn,id=messageId",
    RINGDOWN_SMS_HTTP_STATUS: "error=err-code",
    RINGDOWN_SMS_HTTP_SECRET: PROVIDER_SECRET,
    RINGDOWN_PUBLIC_URL: `${PUBLIC_URL}/`,
    RINGDOWN_OUTBOUND_ALLOW: "+",
    RINGDOWN_SMS_REPORT_SECONDS: "10",
  },
});

const messageSchema = z.looseObject({
  targets: z.array(z.looseObject({ status: z.string(), error: z.string().nullable() })),
});
const source = { type: "tel", target: "+4930700000" };
const write = (target: string, text: string) =>
  lab.api.post("/messages", { source, destinations: [{ type: "tel", target }], text });
const becomes = (id: string, status: string) =>
  eventually(
    `a message that is ${status}`,
    async () => {
      const { targets } = messageSchema.parse(await lab.api.get(`/messages/${id}`));
      return targets.find((target) => target.status === status);
    },
    30_000,
  );
/** By way of the proxy that stands before Ringdown. */
const toRingdown = (url: string, init: RequestInit) => fetch(url.replace(PUBLIC_URL, lab.api.base), init);

test("it is sent as the template says, and the provider's report is taken", async () => {
  const { id } = await write("+4930700001", 'Your "order"\nis ready');
  const sent = await becomes(id, "sent");
  expect(sent).toMatchObject({ reference: "provider-1" });
  const [one] = provider.accepted;
  expect(one).toMatchObject({ sender: "+4930700000", recipient: "+4930700001", content: 'Your "order"\nis ready' });
  const report = (status: string, init: RequestInit = {}) =>
    toRingdown(one?.callback ?? "", { method: "POST", body: new URLSearchParams({ status }), ...init });
  expect((await report("ACCEPTD")).status).toBe(200);
  expect((await report("DELIVRD")).status).toBe(200);
  expect(await becomes(id, "delivered")).toMatchObject({ reference: "provider-1" });
  const unproven = `${PUBLIC_URL}/v1.0/sms/status/${id}.0`;
  expect((await toRingdown(unproven, { method: "POST", body: "status=failed" })).status).toBe(403);
  expect(await becomes(id, "delivered")).toMatchObject({ error: null });
});

test("an SMS that comes in starts the flow of its number, whose answer goes the same way", async () => {
  const answer = { type: "conversation_send", option: { conversation_id: "${voipbin.conversation.id}", text: "yes" } };
  await lab.api.post("/numbers", { number: "+4930700000", message_flow_id: await lab.flow([answer]) });
  const body = JSON.stringify({ messageId: "p1", msisdn: "4930700002", to: "4930700000", text: "are you there?" });
  const headers = { "content-type": "application/json", authorization: `Bearer ${PROVIDER_SECRET}` };
  for (const _twice of [1, 2]) {
    expect((await toRingdown(`${PUBLIC_URL}/v1.0/sms/inbound`, { method: "POST", headers, body })).status).toBe(200);
  }
  await eventually("the answer", () => provider.accepted.some(({ recipient }) => recipient === "+4930700002"));
  const incoming = (await lab.api.list("/messages")).filter(({ direction }) => direction === "inbound");
  expect(incoming).toMatchObject([
    { type: "sms", text: "are you there?", source: { type: "tel", target: "+4930700002" } },
  ]);
});

test("a provider that says no in a 200 is believed; one whose answer is lost gets the same text again", async () => {
  const { id } = await write("+4930700003", "without credit");
  expect((await becomes(id, "failed")).error).toContain("messages.0.status=9, not 0");
  const before = provider.accepted.length;
  provider.begin("lost");
  const posts = provider.posts();
  const again = await write("+4930700004", "hello");
  await eventually("the first attempt", () => provider.posts() > posts);
  provider.begin(undefined);
  await becomes(again.id, "sent");
  expect(provider.accepted.length).toBe(before + 1);
});

test("one whose report never comes is a dlr_timeout, which is told as all that becomes of a message", async () => {
  using client = await listenToEvents(lab.ringdown.api.base, lab.ringdown.api.key);
  await client.subscribe("message_*");
  const { id } = await write("+4930700005", "are you there?");
  await becomes(id, "sent");
  expect(await becomes(id, "dlr_timeout")).toMatchObject({ error: "the gateway has not said what became of it" });
  const told = await eventually("the event", () =>
    client.events.find(({ data }) => data.id === id && JSON.stringify(data).includes("dlr_timeout")),
  );
  expect(told).toMatchObject({
    type: "message_updated",
    data: { status: "done", targets: [{ status: "dlr_timeout" }] },
  });
});
