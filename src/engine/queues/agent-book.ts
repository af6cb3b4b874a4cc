/**
 * What agents do because of queues, and the status that shows it.
 *
 * 1. While an agent has a caller, or is left in peace after one, it has a duty; duties are stored, and outlive us.
 * 2. We set `ringing` and `busy`, and take them back. A status that the agent's user chose meanwhile stays.
 * 3. Changes come as part of a QueueChange, to be stored by whoever causes them.
 */
import type { Agent, AgentStatus } from "../../model/agent.ts";
import type { AgentDuty } from "../../model/agent-duty.ts";
import type { Clock } from "../../ports/clock.ts";
import type { QueueChange } from "../../ports/queuecall-store.ts";
import type { Floor } from "./floor.ts";

type Services = { readonly floor: Floor; readonly clock: Clock };
type DutyChange = Pick<QueueChange, "duty" | "dutyOver" | "agent">;
/** Changes of an agent, among them the status that its user chose. */
export type StatusChoice = Partial<Agent> & Pick<Agent, "status">;

/** The status that a duty gives to an agent; undefined for one that leaves it as its user had it. */
const STATUS_OF: Readonly<Record<AgentDuty["kind"], AgentStatus | undefined>> = {
  ringing: "ringing",
  talking: "busy",
  wrapping_up: "busy",
  resting: undefined,
};

export type AgentBook = ReturnType<typeof createAgentBook>;

export function createAgentBook({ floor, clock }: Services) {
  const agents = new Map<string, Agent>();
  const duties = new Map<string, AgentDuty>();
  const now = () => new Date(clock.now()).toISOString();

  function show(agentId: string): void {
    const agent = agents.get(agentId);
    if (!agent) return;
    const isAvailable = agent.status === "available" || duties.get(agentId)?.holds_status === true;
    const { id, customer_id: customerId, tag_ids: tagIds } = agent;
    floor.putAgent({ id, customerId, tagIds, isAvailable }, clock.now());
  }

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
    show(agentId);
    return { dutyOver: agentId, ...status };
  }

  return {
    agent: (agentId: string): Agent | undefined => agents.get(agentId),
    duties: (): readonly AgentDuty[] => [...duties.values()],
    /** Takes agents and duties as they are stored. */
    restore(stored: readonly Agent[], unfinished: readonly AgentDuty[]): void {
      for (const agent of stored) agents.set(agent.id, agent);
      for (const duty of unfinished) duties.set(duty.id, duty);
      for (const { id } of stored) show(id);
    },
    /** An agent's phones begin to ring for a caller. */
    begin(agentId: string, queuecallId: string, groupId: string): DutyChange {
      const customer_id = agents.get(agentId)?.customer_id ?? "";
      const at = now();
      return put({
        id: agentId,
        customer_id,
        queuecall_id: queuecallId,
        groupcall_id: groupId,
        kind: "ringing",
        holds_status: true,
        until_ms: null,
        tm_create: at,
        tm_update: at,
      });
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
    /** An agent is there, or something about it has changed; the status of one that was there stays. */
    changed(agent: Agent): void {
      agents.set(agent.id, { ...agent, status: agents.get(agent.id)?.status ?? agent.status });
      show(agent.id);
    },
    /** Its user has chosen the agent's status; what is to be stored because of that, the choice itself included. */
    chosen(agentId: string, choice: StatusChoice): DutyChange {
      const agent = agents.get(agentId);
      // One that somebody else has stored: whoever starts next will know it.
      if (!agent) return { agent: { id: agentId, changes: choice } };
      agents.set(agentId, { ...agent, ...choice });
      const duty = duties.get(agentId);
      const change = duty ? statusChosen(duty, choice.status) : {};
      show(agentId);
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
