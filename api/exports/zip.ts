import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { roomIn } from './roomIn';

/** Sizes and places are 32 bits wide here; a file of an export is far from it, and one that is not is refused. */
const LARGEST = 0xffff_ffff;
const VERSION = 20;
/** Names are UTF-8, and sizes follow the data: when a file begins, nobody knows them yet. */
const FLAGS = 0x0808;
const DEFLATE = 8;
/** 1980-01-01, the first day that the format has: when a file was written says nothing here. */
const DATE = 0x0021;

interface Entry {
  name: Buffer;
  crc: number;
  packed: number;
  size: number;
  at: number;
}

/**
 * Writes a ZIP archive while it is made, one file after the other, packed in Node's own threads. Memory does not grow
 * with what is written: `write` resolves when the output takes more.
 */
export function createZip(output: Writable) {
  const entries: Entry[] = [];
  let place = 0;
  const put = (bytes: Buffer) => {
    place += bytes.length;
    if (place > LARGEST) throw new RangeError('a ZIP archive of more than 4 GiB');
    output.write(bytes);
  };
  return {
    /** @param content called once; what it writes is the file */
    async file(path: string, content: (write: (text: string) => Promise<void>) => Promise<void>): Promise<void> {
      const entry: Entry = { name: Buffer.from(path), crc: 0, packed: 0, size: 0, at: place };
      entries.push(entry);
      put(Buffer.concat([localHeader(entry), entry.name]));
      const deflate = createDeflateRaw();
      const begun = place;
      deflate.on('data', (bytes: Buffer) => {
        try {
          put(bytes);
        } catch (error) {
          deflate.destroy(error as Error);
        }
      });
      // Whoever waits is told by the rejection below.
      const ended = once(deflate, 'end');
      ended.catch(() => undefined);
      try {
        await content(async (text) => {
          const bytes = Buffer.from(text);
          entry.crc = crc32(bytes, entry.crc);
          entry.size += bytes.length;
          deflate.write(bytes);
          await roomIn(output, [deflate]);
        });
        deflate.end();
        await ended;
      } finally {
        deflate.destroy();
      }
      entry.packed = place - begun;
      put(descriptor(entry));
    },

    end(): void {
      const directory = place;
      for (const entry of entries) put(Buffer.concat([centralHeader(entry), entry.name]));
      put(endOfDirectory(entries.length, { at: directory, size: place - directory }));
      output.end();
    },
  };
}

function numbers(...fields: (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((all, [bytes]) => all + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}

function localHeader({ name }: Entry): Buffer {
  return numbers(
    ...([
      [4, 0x0403_4b50],
      [2, VERSION],
      [2, FLAGS],
      [2, DEFLATE],
      [2, 0],
      [2, DATE],
    ] as const),
    ...([
      [4, 0],
      [4, 0],
      [4, 0],
      [2, name.length],
      [2, 0],
    ] as const),
  );
}

function descriptor({ crc, packed, size }: Entry): Buffer {
  return numbers([4, 0x0807_4b50], [4, crc], [4, packed], [4, size]);
}

function centralHeader({ name, crc, packed, size, at }: Entry): Buffer {
  return numbers(
    ...([
      [4, 0x0201_4b50],
      [2, VERSION],
      [2, VERSION],
      [2, FLAGS],
      [2, DEFLATE],
      [2, 0],
      [2, DATE],
    ] as const),
    ...([
      [4, crc],
      [4, packed],
      [4, size],
      [2, name.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, at],
    ] as const),
  );
}

function endOfDirectory(count: number, { at, size }: { at: number; size: number }): Buffer {
  return numbers([4, 0x0605_4b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, at], [2, 0]);
}
