import { doubt, type Finding, fault, fine } from "./finding.ts";

/** Bugs of Asterisk that callers notice, by its issue number; `in` are versions known to have it. */
const KNOWN_BUGS: readonly { readonly issue: number; readonly in: readonly string[]; readonly symptom: string }[] = [
  { issue: 1946, in: ["20.17", "22.9"], symptom: "it may stand still when calls are joined under load" },
  { issue: 2078, in: ["20.18", "20.19"], symptom: "it may not answer for minutes while AudioSocket is in use" },
  { issue: 1757, in: ["22.4.1"], symptom: "it may crash when live audio is used" },
  { issue: 1715, in: ["20.17", "22.7"], symptom: "conferences may fail" },
  { issue: 1648, in: ["20.17", "22.7"], symptom: "announcements in conferences may fail" },
];

const OLDEST_MAJOR = 20;
/** The first minor version of each major one that can dial us. */
const DIALS_SINCE: Readonly<Record<number, number>> = { 20: 15, 21: 10, 22: 5 };

/** See docs/architecture.md: Asterisk frees a broken socket that it has dialled while it may be writing to it. */
const CRASH_OF_DIALLING =
  "should Ringdown be killed in the very instant of an event, it may crash; with RINGDOWN_ARI_SOCKET=dial it can't, but what happens while Ringdown is away is lost";

/** What is known of this version, and whether it can do what the settings ask of it. */
export function checkVersion(version: string, socket: "listen" | "dial"): readonly Finding[] {
  const check = "version";
  const [major = 0, minor = 0] = version.split(/[.\-+~]/).map(Number);
  const name = `Asterisk ${version}`;
  if (!(major >= OLDEST_MAJOR)) {
    return [
      fault(check, `${name} is too old`, "install Asterisk 22, or 20 with the limits of docs/your-own-asterisk.md"),
    ];
  }
  const dials = minor >= (DIALS_SINCE[major] ?? 0);
  const bugs = bugsOf(version);
  if (socket === "listen" && !dials) {
    return [
      fault(
        check,
        `${name} can't dial Ringdown; that needs 20.15, 21.10, 22.5 or later`,
        "set RINGDOWN_ARI_SOCKET=dial (then keys, hangups and new calls of the time in which Ringdown is away are lost), or install Asterisk 22",
      ),
      ...bugs,
    ];
  }
  if (socket === "dial" && dials) {
    const lost = "what happens while Ringdown is away is lost, although this version could keep it";
    return [doubt(check, `${name}; ${lost}`, "set RINGDOWN_ARI_SOCKET=listen"), ...bugs];
  }
  // Of every version that dials: a doubt would never go away.
  const told = socket === "listen" ? `${name}; ${CRASH_OF_DIALLING}` : name;
  return [fine(check, told), ...bugs];
}

const bugsOf = (version: string): readonly Finding[] =>
  KNOWN_BUGS.filter((bug) =>
    bug.in.some((one) => new RegExp(`^${one.replaceAll(".", "\\.")}(?!\\d)`).test(version)),
  ).map(({ issue, symptom }) =>
    doubt("known bug", `${symptom} (asterisk/asterisk#${issue})`, "see the issue for a version without it, and update"),
  );
