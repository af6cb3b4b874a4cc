import { expect, test } from "vitest";
import { tellInTurn } from "../../src/providers/synthesis/tell-in-turn.ts";

test("pieces that are made at once are told one after the other, each as it comes when its turn has", () => {
  const told: number[] = [];
  const inTurn = tellInTurn(3, ([sound = 0]) => void told.push(sound));
  const [first, second, third] = [0, 1, 2].map(inTurn.of);
  const tell = (of: typeof first, sound: number) => of?.(Uint8Array.of(sound));
  tell(second, 21);
  tell(first, 11);
  tell(third, 31);
  expect(told).toEqual([11]);
  tell(first, 12);
  inTurn.over(2);
  expect(told).toEqual([11, 12]);
  inTurn.over(0);
  tell(second, 22);
  expect(told).toEqual([11, 12, 21, 22]);
  inTurn.over(1);
  expect(told).toEqual([11, 12, 21, 22, 31]);
});
