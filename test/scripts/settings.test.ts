import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { addressesOf, demandFree } from "../../scripts/prerequisites/addresses.ts";
import { soundSettings } from "../../scripts/prerequisites/settings.ts";

/** What `npm start` says of settings with which it can't start. */

const folder = mkdtempSync(join(tmpdir(), "settings-"));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (text: string): string => {
  const file = join(folder, "env");
  writeFileSync(file, text);
  return file;
};

test("secrets are made, and everything is sound", () => {
  const settings = soundSettings(written("RINGDOWN_HTTP_PORT=8090\n"));
  expect(settings).toMatchObject({
    RINGDOWN_HTTP_PORT: "8090",
    RINGDOWN_SIP_1002_PASSWORD: expect.stringMatching(/^\w{48}$/),
  });
});

test("every fault is named, with the nearest name, before anything is started", () => {
  const file = written("RINGDOWN_HTTP_PORT=eighty\nRINGDOWN_ARI_URL=asterisk\nRINGDOWN_SIP_PROT=5070\n");
  expect(() => soundSettings(file)).toThrow(
    expect.objectContaining({
      name: "Problem",
      message: [
        "3 settings are wrong:",
        "RINGDOWN_SIP_PROT is not a setting of Ringdown; did you mean RINGDOWN_SIP_PORT?",
        "RINGDOWN_HTTP_PORT: Invalid input: expected number, received NaN",
        "RINGDOWN_ARI_URL: Invalid URL",
      ].join("\n  "),
      remedy: expect.stringContaining(file),
    }),
  );
});

test("a port that is taken is told from an address that this machine does not have", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const base = { RINGDOWN_MEDIA_PORT: "0", RINGDOWN_ARI_URL: "http://127.0.0.1:0", RINGDOWN_ARI_LISTEN: "127.0.0.1:0" };
  const demand = (settings: Record<string, string>) =>
    demandFree(addressesOf({ ...base, RINGDOWN_HTTP_PORT: "0", RINGDOWN_SIP_PORT: "0", ...settings }), ".env");
  await expect(demand({ RINGDOWN_HTTP_PORT: String(port) })).rejects.toThrow(
    `Taken by another program: 127.0.0.1:${port} (RINGDOWN_HTTP_PORT).`,
  );
  await expect(demand({ RINGDOWN_SIP_BIND: "192.0.2.1" })).rejects.toThrow(
    "Nothing can listen here: 192.0.2.1:0 (RINGDOWN_SIP_PORT).",
  );
  other.close();
});
