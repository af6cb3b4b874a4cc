import type { TellSound } from "../../ports/speech.ts";

/** Tells the sound of several pieces that are made at once as that of one: each waits until those before it are over. */
export function tellInTurn(count: number, tell: TellSound) {
  const waiting = Array.from({ length: count }, (): Uint8Array[] => []);
  const isOver = waiting.map(() => false);
  let turn = 0;

  const goOn = (): void => {
    for (; turn < count; turn += 1) {
      for (const sound of waiting[turn]?.splice(0) ?? []) tell(sound);
      if (!isOver[turn]) return;
    }
  };

  return {
    of:
      (index: number): TellSound =>
      (sound) => {
        waiting[index]?.push(sound);
        goOn();
      },
    /** Nothing more comes of this one. */
    over(index: number): void {
      isOver[index] = true;
      goOn();
    },
  };
}
