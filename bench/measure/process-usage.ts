import { readdirSync, readFileSync } from "node:fs";

/** Of /proc/PID/stat; Linux has had it so for as long as anyone cares. */
const TICKS_PER_SECOND = 100;
const PARENT_FIELD = 1;
const USER_TICKS_FIELD = 11;
const SYSTEM_TICKS_FIELD = 12;
/** Of its children that have ended. */
const CHILDREN_USER_TICKS_FIELD = 13;
const CHILDREN_SYSTEM_TICKS_FIELD = 14;

/** Seconds of processor time that a process has used, in all its threads, and the programs that it had run. */
export function cpuSecondsOf(pid: number): number {
  const fields = statOf(pid);
  const ticks = [USER_TICKS_FIELD, SYSTEM_TICKS_FIELD, CHILDREN_USER_TICKS_FIELD, CHILDREN_SYSTEM_TICKS_FIELD];
  return ticks.reduce((total, field) => total + Number(fields[field]), 0) / TICKS_PER_SECOND;
}

/** Resident memory of a process, MB. */
export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

/** The child of ours whose command line has this text. */
export function childRunning(text: string): number {
  const own = String(process.pid);
  const found = readdirSync("/proc").find(
    (name) => /^\d+$/.test(name) && unlessGone(() => statOf(Number(name))[PARENT_FIELD] === own && runs(name, text)),
  );
  if (found === undefined) throw new Error(`no child process runs ${text}`);
  return Number(found);
}

/** The fields after the name, which may itself hold blanks: state, parent, … */
const statOf = (pid: number): readonly string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
};

const runs = (pid: string, text: string): boolean => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);

/** Processes end while we look. */
const unlessGone = (look: () => boolean): boolean => {
  try {
    return look();
  } catch {
    return false;
  }
};
