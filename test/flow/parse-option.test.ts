import { expect, test } from "vitest";
import goto from "../../src/actions/goto.ts";
import hangup from "../../src/actions/hangup.ts";
import { OptionError, parseOption } from "../../src/flow/parse-option.ts";

const variables = { get: (name: string) => ({ target: "menu", reason: "busy", bad: "${reason}" })[name] };

test("variables are put in before the option is read, and defaults after", () => {
  expect(parseOption(goto, { target_id: "${target}" }, variables)).toEqual({ target_id: "menu", loop_count: 0 });
});

test("an option that is wrong then says so, with every fault", () => {
  const parse = () => parseOption(hangup, { reason: "${bad}", x: 1 }, variables);
  expect(parse).toThrow(OptionError);
  expect(parse).toThrow(/option.reason: reason must be one of .* not "\$\{reason\}"; option.x/);
});
