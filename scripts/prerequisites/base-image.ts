import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, demand, installed, lastLines } from "./command.ts";
import { archive, install, mayInstall } from "./debian.ts";
import { Problem } from "./problem.ts";
import { step } from "./progress.ts";

const SUITE = "forky";
/** Every image of ours is built on this one. */
const BASE_IMAGE = `debian:${SUITE}-slim`;
const REMEDY = "make a container registry or a Debian archive reachable";

/** An archive that is a snapshot has lists past their date; its signatures are checked all the same. */
const ACCEPT_SNAPSHOT = 'Acquire::Check-Valid-Until "false";\n';
/** As in the image that a registry has: a build that stops is built again, and nobody reads manuals in it. */
const LEAN_AND_QUICK = [
  "force-unsafe-io",
  "path-exclude /usr/share/doc/*",
  "path-include /usr/share/doc/*/copyright",
  "path-exclude /usr/share/man/*",
  "path-exclude /usr/share/locale/*",
  "",
].join("\n");

/** Makes sure that the base image is here: pulled, or made from the machine's own Debian archive. */
export const ensureBaseImage = async (name = BASE_IMAGE): Promise<void> => {
  if ((await attempt("docker", ["image", "inspect", name])).succeeded) return;
  const pull = await step(`Pulling ${name}`, () => attempt("docker", ["pull", "--quiet", name]));
  if (pull.succeeded) return;
  if (!mayInstall()) {
    const reason = lastLines(pull.output);
    throw new Problem(`The image ${name} can't be pulled:\n${reason}`, `${REMEDY}, or run this as root on Debian`);
  }
  if (!(await installed("debootstrap"))) await install("debootstrap");
  await step(`No registry in reach: making ${name} from the machine's Debian archive`, () => makeBaseImage(name));
};

const makeBaseImage = async (name: string): Promise<void> => {
  const mirror = await archive();
  if (mirror === undefined) throw new Problem("This machine's apt sources name no Debian archive.", REMEDY);
  // Not the system's temporary directory: that may forbid devices.
  const directory = mkdtempSync("/var/tmp/ringdown-base-");
  try {
    // The script is named because an older debootstrap doesn't know the suite.
    const script = "/usr/share/debootstrap/scripts/sid";
    await demand("debootstrap", ["--variant=minbase", SUITE, directory, mirror, script], REMEDY);
    writeFileSync(join(directory, "etc/apt/apt.conf.d/99archive-snapshot"), ACCEPT_SNAPSHOT);
    writeFileSync(join(directory, "etc/dpkg/dpkg.cfg.d/99container"), LEAN_AND_QUICK);
    const contents = `tar --directory "$0" --exclude=./var/cache/apt/archives/*.deb --create . | docker import - "$1"`;
    await demand("sh", ["-c", contents, directory, name], "see the message above");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
