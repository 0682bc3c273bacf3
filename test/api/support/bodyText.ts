import readXlsxFile from 'read-excel-file/node';

/** A stream of events never ends by itself: what it says within this many messages is looked at. */
const MESSAGES = 3;

/** Everything that an answer says, as text: the cells of a spreadsheet, the first messages of a stream. */
export async function bodyText(response: Response): Promise<string> {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('event-stream')) return firstMessages(response);
  if (!type.includes('spreadsheetml')) return response.text();
  const sheets = await readXlsxFile(Buffer.from(await response.arrayBuffer()));
  return sheets.flatMap(({ data }) => data.flat()).join('\n');
}

async function firstMessages(response: Response): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (text.split('\n\n').length <= MESSAGES) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    // The first is what there is now; after it a quiet batch says nothing for long.
    if (text.includes('event: progress')) break;
  }
  await reader.cancel();
  return text;
}
