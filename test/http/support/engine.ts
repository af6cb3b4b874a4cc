import type { Clock } from "../../../src/ports/clock.ts";
import type { ActiveflowStart, CallOrder, EngineControl } from "../../../src/ports/engine-control.ts";
import type { Ids } from "../../../src/ports/ids.ts";
import type { Storage } from "../../../src/ports/storage.ts";
import { sampleRecording } from "../../contract/storage-samples.ts";
import { aCall } from "./call.ts";
import { aGroupcall } from "./groupcall.ts";
import { ANNA, aTranscribe } from "./transcribe.ts";

/** An engine that only writes what was asked of it into the store, and remembers it. */
export function createEngine(storage: Storage, clock: Clock, ids: Ids) {
  const log: string[] = [];
  const starts: ActiveflowStart[] = [];
  const now = () => new Date(clock.now()).toISOString();
  const orders: CallOrder[] = [];
  const callOf = async (id: string) => (await storage.calls.get(id)) ?? aCall();
  const recordingOf = async (id: string) => (await storage.recordings.get(id)) ?? sampleRecording();
  const control: EngineControl = {
    conferences: {
      changed: async (id) => void log.push(`changed ${id}`),
      end: async (confbridgeId) => void log.push(`end ${confbridgeId}`),
      async kick(id) {
        log.push(`kick ${id}`);
        await storage.conferencecalls.save(id, { status: "leaved", leave_reason: "kicked" }, []);
      },
      async setMuted(id, muted) {
        log.push(`${muted ? "mute" : "unmute"} ${id}`);
        await storage.conferencecalls.save(id, { muted }, []);
      },
    },
    recordings: {
      async startOfCall(callId, order, beep) {
        log.push(`record ${callId} ${JSON.stringify(order)}${beep ? " with a beep" : ""}`);
        return { ...(await callOf(callId)), recording_id: ids.next() };
      },
      async stopOfCall(callId) {
        log.push(`stop recording ${callId}`);
        return callOf(callId);
      },
      async startOfConfbridge({ id, customer_id }, order) {
        log.push(`record ${id} ${JSON.stringify(order)}`);
        const recording = { customer_id, reference_type: "confbridge", reference_id: id, status: "recording" } as const;
        await storage.recordings.create(sampleRecording(recording), []);
      },
      stopOfConfbridge: async (id) => void log.push(`stop recording ${id}`),
      async pause(id) {
        log.push(`pause ${id}`);
        return { ...(await recordingOf(id)), paused: true };
      },
      async resume(id) {
        log.push(`resume ${id}`);
        return recordingOf(id);
      },
    },
    async placeCalls(order) {
      orders.push(order);
      const { customerId: customer_id, flowId: flow_id, source } = order;
      const calls = order.destinations.map((destination) =>
        aCall({ customer_id, flow_id, source, destination, direction: "outgoing", status: "dialing" }),
      );
      for (const call of calls) await storage.calls.create(call, []);
      return { calls, groupcalls: [] };
    },
    async placeGroupcall(order) {
      orders.push(order);
      const group = aGroupcall({ ...order, id: ids.next(), now: now() });
      await storage.groupcalls.create(group);
      return group;
    },
    async hangupGroupcall(id) {
      log.push(`hangup group ${id}`);
      await storage.groupcalls.save(id, { status: "hangup" });
      return true;
    },
    async hangupCall(callId, reason) {
      log.push(`hangup ${callId} ${reason ?? "-"}`);
      const call = await storage.calls.get(callId);
      const ended = { status: "hangup", hangup_reason: reason ?? "normal", hangup_by: "local" } as const;
      if (call) await storage.calls.save({ ...call, ...ended }, []);
      return true;
    },
    async kickQueuecall(id) {
      log.push(`kick ${id}`);
      await storage.queuecalls.change({ queuecall: { id, changes: { status: "abandoned", end_reason: "kicked" } } });
      return true;
    },
    async operateCall(callId, operation) {
      log.push(`${operation.type} ${callId} ${JSON.stringify(operation)}`);
      return (await storage.calls.get(callId)) ?? aCall({ id: callId });
    },
    async startTranscribe(callId, order) {
      log.push(`transcribe ${callId}`);
      const call = await storage.calls.get(callId);
      const transcribe = aTranscribe({
        id: ids.next(),
        customer_id: call?.customer_id ?? ANNA,
        reference_id: callId,
        ...order,
      });
      await storage.transcribes.create(transcribe, []);
      return transcribe;
    },
    async transcribeRecording({ id, customer_id }, order) {
      log.push(`transcribe ${id}`);
      const about = { id: ids.next(), customer_id, reference_type: "recording", reference_id: id } as const;
      const transcribe = aTranscribe({ ...about, ...order });
      await storage.transcribes.create(transcribe, []);
      return transcribe;
    },
    async transcribeConfbridge({ id, customer_id }, order) {
      log.push(`transcribe ${id} ${order.direction}`);
      const about = { id: ids.next(), customer_id, reference_type: "confbridge", reference_id: id } as const;
      const transcribe = aTranscribe({ ...about, ...order });
      await storage.transcribes.create(transcribe, []);
      return transcribe;
    },
    stopTranscribesOf: async (id) => void log.push(`stop transcribing ${id}`),
    async stopTranscribe(id) {
      log.push(`stop ${id}`);
      await storage.transcribes.save(id, { status: "done", end_reason: "stopped" }, []);
      return true;
    },
    async stopActiveflow(id) {
      log.push(`stop ${id}`);
      await storage.activeflows.save(id, { status: "ended", ended_reason: "stopped", tm_end: now() }, []);
      return true;
    },
    async startActiveflow(start) {
      starts.push(start);
      const id = ids.next();
      const actions = "actions" in start ? start.actions : [{ id: "first", type: "sleep", option: { duration: 1 } }];
      await storage.activeflows.create(
        {
          id,
          customer_id: start.customerId,
          flow_id: "flowId" in start ? start.flowId : null,
          status: "running",
          reference_type: "api",
          reference_id: null,
          reference_activeflow_id: null,
          on_complete_flow_id: start.onCompleteFlowId,
          complete_count: 0,
          position: {
            frames: [{ id: "0", index: 0, jumpsOf: {} }],
            steps: 1,
            jumps: 0,
            step: { id: `${id}.1`, startedAtMs: Date.UTC(2026, 0, 2), memo: {} },
          },
          variables: start.variables,
          ended_reason: null,
          tm_create: now(),
          tm_update: now(),
          tm_end: null,
        },
        { id: "0", actions },
        actions.slice(0, 1).map((action) => ({
          at: "2026-01-02T00:00:00.000Z",
          type: "action_started" as const,
          activeflow_id: id,
          call_id: null,
          data: { action_id: action.id, action: action.type, option: action.option },
        })),
      );
      return id;
    },
  };
  return { control, log, starts, orders };
}
