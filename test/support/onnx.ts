/** ONNX files with nothing in them but what they say of themselves. */
export type OnnxMetadata = Readonly<Record<string, string | number>>;

/** The network is so many bytes of nothing. */
const NETWORK_BYTES = 300_000;

export const onnx = (metadata: OnnxMetadata): Buffer =>
  Buffer.concat([
    Buffer.from([0x08, 0x07]),
    field(7, Buffer.alloc(NETWORK_BYTES)),
    ...Object.entries(metadata).map(([key, value]) =>
      field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(String(value)))])),
    ),
  ]);

/** As protobuf writes what has a length. */
const field = (number: number, content: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);

const varint = (value: number): Buffer => {
  const last = value < 128;
  const byte = Buffer.from([(value % 128) + (last ? 0 : 128)]);
  return last ? byte : Buffer.concat([byte, varint(Math.floor(value / 128))]);
};
