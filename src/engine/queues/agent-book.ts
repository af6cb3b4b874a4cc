/**
 * What agents do because of queues, and the status that shows it.
 *
 * 1. While an agent has a caller, or is left in peace after one, it has a duty; duties are stored, and outlive us.
 * 2. We set `ringing` and `busy`, and take them back. A status that the agent's user chose meanwhile stays.
 * 3. Who is in a call that no queue gave it is busy, and offered nobody, until that call is over.
 * 4. Changes come as part of a QueueChange, to be stored by whoever causes them.
 */
import type { Agent, AgentStatus } from "../../model/agent.ts";
import type { AgentDuty } from "../../model/agent-duty.ts";
import type { Call } from "../../model/call.ts";
import type { Clock } from "../../ports/clock.ts";
import type { QueueChange } from "../../ports/queuecall-store.ts";
import type { Floor } from "./floor.ts";
import type { PhonesInUse } from "./phones-in-use.ts";

type Services = { readonly floor: Floor; readonly clock: Clock; readonly phones: PhonesInUse };
type DutyChange = Pick<QueueChange, "duty" | "dutyOver" | "agent">;
/** Changes of an agent, among them the status that its user chose. */
export type StatusChoice = Partial<Agent> & Pick<Agent, "status">;

/** The status that a duty gives to an agent; undefined for one that leaves it as its user had it. */
const STATUS_OF: Readonly<Record<AgentDuty["kind"], AgentStatus | undefined>> = {
  ringing: "ringing",
  talking: "busy",
  wrapping_up: "busy",
  resting: undefined,
  in_call: "busy",
};

export type AgentBook = ReturnType<typeof createAgentBook>;

export function createAgentBook({ floor, clock, phones }: Services) {
  const agents = new Map<string, Agent>();
  const duties = new Map<string, AgentDuty>();
  const now = () => new Date(clock.now()).toISOString();

  function show(agentId: string): void {
    const agent = agents.get(agentId);
    if (!agent) return;
    const isWilling = agent.status === "available" || duties.get(agentId)?.holds_status === true;
    const isAvailable = isWilling && !isInCall(agent);
    const { id, customer_id: customerId, tag_ids: tagIds } = agent;
    floor.putAgent({ id, customerId, tagIds, isAvailable }, clock.now());
  }

  /** In a call that no queue gave it. */
  function isInCall(agent: Agent): boolean {
    const calls = phones.callsOf(agent);
    if (calls.length === 0) return false;
    const ours = new Set([...duties.values()].map(({ groupcall_id }) => groupcall_id));
    return calls.some(({ groupcall_id }) => groupcall_id === null || !ours.has(groupcall_id));
  }

  /** What the agent's phones make of it, as they are now. */
  function look(agentId: string): DutyChange {
    const agent = agents.get(agentId);
    const duty = duties.get(agentId);
    const inCall = agent !== undefined && isInCall(agent);
    if (duty?.kind === "in_call" && !inCall) return end(agentId);
    if (inCall && !duty && agent.status === "available") {
      const { customer_id } = agent;
      return put(dutyOf({ id: agentId, customer_id, queuecall_id: null, groupcall_id: null, kind: "in_call" }));
    }
    show(agentId);
    return {};
  }

  const dutyOf = (
    what: Pick<AgentDuty, "id" | "customer_id" | "queuecall_id" | "groupcall_id" | "kind">,
  ): AgentDuty => {
    const at = now();
    return { ...what, holds_status: true, until_ms: null, tm_create: at, tm_update: at };
  };

  /** Gives the agent this status; an empty change when it is gone, or has it. */
  function withStatus(agentId: string, status: AgentStatus | undefined): Pick<DutyChange, "agent"> {
    const agent = agents.get(agentId);
    if (!agent || status === undefined || agent.status === status) return {};
    const changes = { status, tm_update: now() };
    agents.set(agentId, { ...agent, ...changes });
    return { agent: { id: agentId, changes } };
  }

  function put(duty: AgentDuty): DutyChange {
    duties.set(duty.id, duty);
    const status = duty.holds_status ? withStatus(duty.id, STATUS_OF[duty.kind]) : {};
    show(duty.id);
    return { duty, ...status };
  }

  /** Ends the agent's duty, and gives back the status that it had. */
  function end(agentId: string): DutyChange {
    const duty = duties.get(agentId);
    if (!duty) return {};
    duties.delete(agentId);
    const status = duty.holds_status ? withStatus(agentId, "available") : {};
    return { dutyOver: agentId, ...status, ...look(agentId) };
  }

  return {
    agent: (agentId: string): Agent | undefined => agents.get(agentId),
    duties: (): readonly AgentDuty[] => [...duties.values()],
    /** Of agents, and of those who are gone and had a duty. */
    ids: (): readonly string[] => [...new Set([...agents.keys(), ...duties.keys()])],
    /** Takes agents and duties as they are stored. */
    restore(stored: readonly Agent[], unfinished: readonly AgentDuty[]): void {
      for (const agent of stored) agents.set(agent.id, agent);
      for (const duty of unfinished) duties.set(duty.id, duty);
      for (const { id } of stored) show(id);
    },
    /** An agent's phones begin to ring for a caller. */
    begin(agentId: string, queuecallId: string, groupId: string): DutyChange {
      const customer_id = agents.get(agentId)?.customer_id ?? "";
      const caller = { queuecall_id: queuecallId, groupcall_id: groupId };
      return put(dutyOf({ id: agentId, customer_id, ...caller, kind: "ringing" }));
    },
    /** The agent talks. */
    talk(agentId: string): DutyChange {
      const duty = duties.get(agentId);
      return duty ? put({ ...duty, kind: "talking", until_ms: null, tm_update: now() }) : {};
    },
    /** The agent is left in peace until then: it did not answer, or has something to write down. */
    pause(agentId: string, kind: "resting" | "wrapping_up", untilMs: number): DutyChange {
      const duty = duties.get(agentId);
      if (!duty) return {};
      const given = kind === "resting" && duty.holds_status ? withStatus(agentId, "available") : {};
      const holds_status = duty.holds_status && kind !== "resting";
      return { ...given, ...put({ ...duty, kind, holds_status, until_ms: untilMs, tm_update: now() }) };
    },
    end,
    /** Agents who have been left in peace for long enough. */
    rested: (): readonly string[] =>
      [...duties.values()].filter(({ until_ms }) => until_ms !== null && until_ms <= clock.now()).map(({ id }) => id),
    /** When the next one will have been; undefined when there is none. */
    nextRestedMs(): number | undefined {
      const ends = [...duties.values()].flatMap(({ until_ms }) => until_ms ?? []);
      return ends.length > 0 ? Math.min(...ends) : undefined;
    },
    look,
    /** Agents whose phones are in this call. */
    agentsIn: (call: Call): readonly string[] => {
      const isIn = phones.ownersIn(call);
      return [...agents.values()].filter(isIn).map(({ id }) => id);
    },
    /** An agent is there, or something about it has changed; the status of one that was there stays. */
    changed(agent: Agent): DutyChange {
      agents.set(agent.id, { ...agent, status: agents.get(agent.id)?.status ?? agent.status });
      return look(agent.id);
    },
    /** Its user has chosen the agent's status; what is to be stored because of that, the choice itself included. */
    chosen(agentId: string, choice: StatusChoice): DutyChange {
      const agent = agents.get(agentId);
      // One that somebody else has stored: whoever starts next will know it.
      if (!agent) return { agent: { id: agentId, changes: choice } };
      agents.set(agentId, { ...agent, ...choice });
      const duty = duties.get(agentId);
      const change = duty ? statusChosen(duty, choice.status) : look(agentId);
      return { ...change, agent: { id: agentId, changes: { ...choice, ...change.agent?.changes } } };
    },
    /** An agent is there no longer; one who has a caller keeps that duty. */
    removed(agentId: string): void {
      agents.delete(agentId);
      floor.removeAgent(agentId);
    },
  };

  /** Who sets itself available need not be left in peace, and who has a caller is not available. */
  function statusChosen(duty: AgentDuty, status: AgentStatus): DutyChange {
    if (status !== "available") return put({ ...duty, holds_status: false, tm_update: now() });
    if (duty.until_ms !== null) {
      const over = end(duty.id);
      floor.release(duty.id, clock.now());
      return over;
    }
    return put({ ...duty, holds_status: true, tm_update: now() });
  }
}
