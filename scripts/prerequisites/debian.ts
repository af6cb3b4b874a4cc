import { existsSync } from "node:fs";
import { demand } from "./command.ts";
import { step } from "./progress.ts";

/** Whether we may install Debian's packages here. */
export const mayInstall = (): boolean => existsSync("/etc/debian_version") && process.getuid?.() === 0;

/** Installs Debian's own packages, asking nothing. */
export const install = (...packages: readonly string[]): Promise<void> =>
  step(`Installing ${packages.join(", ")} from the machine's Debian archive`, async () => {
    const environment = { DEBIAN_FRONTEND: "noninteractive" };
    const remedy = `make the Debian archive reachable (apt-get update has to succeed), or install ${packages.join(", ")} yourself`;
    await demand("apt-get", ["update"], remedy, environment);
    await demand("apt-get", ["install", "--yes", "--no-install-recommends", ...packages], remedy, environment);
  });

/** The archive that this machine's own packages come from. */
export const archive = async (): Promise<string | undefined> => {
  const remedy = "look at the machine's apt sources";
  const targets = await demand("apt-get", ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"], remedy);
  return targets.split("\n").find((address) => /\/debian\/?$/.test(address));
};
