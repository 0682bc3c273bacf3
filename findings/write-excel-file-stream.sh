#!/usr/bin/env bash
# write-excel-file 4.1.1 gives back a stream (`.toStream()`), and yet takes a sheet as one array and builds the whole
# document before the first byte can be read: memory grows with the rows, as without the stream. Whoever exports very
# many rows to a stream needs another writer.
# Seen 2026-11-30 on Node 20.20 (Linux x64): beyond what the rows themselves take, the process peaked 54 MiB higher for
# 10,000 rows of five cells, and 240 MiB higher for 100,000.
# Fails when the growth is gone, or the version installed is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent write-excel-file@4.1.1
cat >write.mjs <<'JS'
import { readFileSync } from 'node:fs';
import write from 'write-excel-file/node';
const { version } = JSON.parse(readFileSync('node_modules/write-excel-file/package.json', 'utf8'));
const rows = Array.from({ length: Number(process.argv[2]) }, (_, row) => [
  { value: row, type: Number },
  { value: `linha ${row}`, type: String },
  { value: new Date(Date.UTC(2026, 0, 1)), type: Date, format: 'dd/mm/yyyy' },
  { value: row / 100, type: Number },
  { value: `${row}`.padStart(47, '0'), type: String },
]);
const held = process.memoryUsage().rss / 2 ** 20;
const stream = await write(rows).toStream();
let bytes = 0;
for await (const chunk of stream) bytes += chunk.length;
const peak = process.resourceUsage().maxRSS / 1024;
console.log([version, bytes, Math.round(held), Math.round(peak)].join(' '));
JS
read -r version small held_small peak_small < <(node write.mjs 10000)
read -r version large held_large peak_large < <(node write.mjs 100000)
echo "write-excel-file $version: 10000 rows $small bytes, $((peak_small - held_small)) MiB above the rows themselves; 100000 rows $large bytes, $((peak_large - held_large)) MiB"
test "$version" = 4.1.1
# Ten times the rows: far more than twice the memory on top of the rows.
test $((peak_large - held_large)) -gt $((2 * (peak_small - held_small)))
echo "unchanged: the stream is made of a document that is whole in memory"
