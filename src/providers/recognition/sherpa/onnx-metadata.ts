/** What an ONNX file says of itself: https://onnx.ai/onnx/repo-docs/IR.html; the network, nearly all of it, is not read. */
import { type FileHandle, open } from "node:fs/promises";

/** A field of the outermost message: `metadata_props`, each a key and a value. */
const METADATA_FIELD = 14;
const KEY_FIELD = 1;
const VALUE_FIELD = 2;
/** How protobuf writes a number, and a text or message. */
const VARINT = 0;
const BYTES = 2;
/** A longer one is no property that anybody looks at. */
const MAX_PROPERTY_BYTES = 1024 * 1024;
/** More than a tag and a length take. */
const HEAD_BYTES = 20;

/** Its properties; undefined when this is no ONNX file. */
export async function onnxMetadata(path: string): Promise<ReadonlyMap<string, string> | undefined> {
  const file = await open(path);
  try {
    return await propertiesOf(file);
  } finally {
    await file.close();
  }
}

async function propertiesOf(file: FileHandle): Promise<ReadonlyMap<string, string> | undefined> {
  const { size } = await file.stat();
  const properties = new Map<string, string>();
  let at = 0;
  while (at < size) {
    const field = fieldAt(await bytesOf(file, at, HEAD_BYTES), 0);
    if (!field || at + field.end > size) return undefined;
    if (field.number === METADATA_FIELD && field.end - field.start <= MAX_PROPERTY_BYTES) {
      const [key = "", value = ""] = propertyOf(await bytesOf(file, at + field.start, field.end - field.start));
      properties.set(key, value);
    }
    at += field.end;
  }
  return at === 0 ? undefined : properties;
}

async function bytesOf(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function propertyOf(bytes: Buffer): readonly [string | undefined, string | undefined] {
  const texts = new Map<number, string>();
  for (let at = 0; at < bytes.length; ) {
    const field = fieldAt(bytes, at);
    if (!field) break;
    texts.set(field.number, bytes.toString("utf8", field.start, field.end));
    at = field.end;
  }
  return [texts.get(KEY_FIELD), texts.get(VALUE_FIELD)];
}

type Field = { readonly number: number; readonly start: number; readonly end: number };

function fieldAt(bytes: Buffer, at: number): Field | undefined {
  const tag = varintAt(bytes, at);
  const value = tag && varintAt(bytes, tag.end);
  if (!value) return undefined;
  const number = Math.floor(tag.value / 8);
  const kind = tag.value % 8;
  if (number === 0) return undefined;
  if (kind === VARINT) return { number, start: value.end, end: value.end };
  return kind === BYTES ? { number, start: value.end, end: value.end + value.value } : undefined;
}

function varintAt(bytes: Buffer, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = start, factor = 1; ; at += 1, factor *= 128) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    value += (byte % 128) * factor;
    if (byte < 128) return { value, end: at + 1 };
  }
}
