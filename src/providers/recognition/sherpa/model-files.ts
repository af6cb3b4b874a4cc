/** Which files of a directory make a model together, by the names under which models for sherpa-onnx are published. */

/** One network, or the parts of one; a transducer has all three. */
export type ModelFiles =
  | { readonly model: string }
  | { readonly encoder: string; readonly decoder: string; readonly joiner?: string };

const PART = /encoder|decoder|joiner/;
const EIGHT_BITS = ".int8";

/** Everything that may be a model, the best first: of the same model, the smaller one of 8 bits. */
export function modelFilesAmong(names: readonly string[]): readonly ModelFiles[] {
  const files = names.filter((name) => name.endsWith(".onnx")).toSorted(bySize);
  const partLike = (encoder: string, part: string) =>
    files.find((name) => name.includes(part) && essenceOf(name) === essenceOf(encoder)) ??
    files.find((name) => name.includes(part));
  return [
    ...files
      .filter((name) => name.includes("encoder"))
      .flatMap((encoder) => {
        const [decoder, joiner] = [partLike(encoder, "decoder"), partLike(encoder, "joiner")];
        return decoder ? [{ encoder, decoder, ...(joiner && { joiner }) }] : [];
      }),
    ...files.filter((name) => !PART.test(name)).map((model) => ({ model })),
  ];
}

/** What the parts of one model have in common. */
const essenceOf = (name: string): string => name.replace(PART, "").replace(EIGHT_BITS, "");

const bySize = (one: string, other: string): number =>
  Number(other.includes(EIGHT_BITS)) - Number(one.includes(EIGHT_BITS)) || one.localeCompare(other);
