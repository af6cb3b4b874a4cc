/** What recognizers of ours understand: tones, each called by its frequency. */
import { classify } from "../support/tones.ts";

export type Understood = {
  readonly text: string;
  readonly isFinal: boolean;
  readonly startMs: number;
  readonly endMs: number;
};

const BLOCK_MS = 20;
/** When a tone is believed, and how much else must follow until it is over. */
const BELIEVED_BLOCKS = 5;
const OVER_BLOCKS = 3;

/** Listens to one stream of 16 bit mono audio. */
export function createEar(sampleRateHz: number) {
  const blockBytes = (sampleRateHz * BLOCK_MS * 2) / 1_000;
  let rest = Buffer.alloc(0);
  let blocks = 0;
  let tone: { frequency: number; from: number; heard: number; missed: number } | undefined;

  const told = (isFinal: boolean): readonly Understood[] => {
    if (!tone || tone.heard < BELIEVED_BLOCKS) return [];
    const { frequency, from, missed } = tone;
    return [{ text: `tone ${frequency}`, isFinal, startMs: from * BLOCK_MS, endMs: (blocks - missed) * BLOCK_MS }];
  };

  function hearBlock(pcm: Int16Array): readonly Understood[] {
    const { heard } = classify({ atMs: 0, pcm }, undefined, sampleRateHz);
    blocks += 1;
    if (tone && heard === tone.frequency) {
      tone = { ...tone, heard: tone.heard + 1, missed: 0 };
      return tone.heard === BELIEVED_BLOCKS ? told(false) : [];
    }
    if (tone) tone.missed += 1;
    const isOver = tone && (typeof heard === "number" || tone.missed >= OVER_BLOCKS);
    const last = isOver ? told(true) : [];
    if (isOver) tone = undefined;
    if (!tone && typeof heard === "number") tone = { frequency: heard, from: blocks - 1, heard: 1, missed: 0 };
    return last;
  }

  return {
    /** How much it has heard. */
    get heardMs() {
      return blocks * BLOCK_MS;
    },
    hear(bytes: Uint8Array): readonly Understood[] {
      rest = Buffer.concat([rest, bytes]);
      const understood: Understood[] = [];
      for (; rest.length >= blockBytes; rest = rest.subarray(blockBytes)) {
        const block = rest.subarray(0, blockBytes);
        understood.push(
          ...hearBlock(Int16Array.from({ length: blockBytes / 2 }, (_, index) => block.readInt16LE(index * 2))),
        );
      }
      return understood;
    },
    end: (): readonly Understood[] => told(true),
  };
}
