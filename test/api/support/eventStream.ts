/** One event as it came. */
export interface StreamEvent {
  id?: number;
  event: string;
  // A test knows what it asked for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
}

/** A viewer: reads a stream of events as a browser does. */
export interface EventStream {
  /** Everything so far. */
  all: StreamEvent[];
  items(): StreamEvent[];
  /** Resolves once `holds` does, with what it looked at; asked anew with each event. Rejects when the stream ends first. */
  until(holds: (events: StreamEvent[]) => boolean): Promise<StreamEvent[]>;
  /** Resolves when the other side ends it. */
  ended: Promise<void>;
  leave(): Promise<void>;
}

export function readEvents(response: Response): EventStream {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const all: StreamEvent[] = [];
  let onNews: () => void = () => undefined;
  let over = false;

  const read = async () => {
    let text = '';
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done) break;
      text += decoder.decode(value, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const fields = new Map(
          part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        );
        const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
        if (event !== undefined)
          all.push({ ...(id !== undefined && { id: Number(id) }), event, data: JSON.parse(data ?? '') });
      }
      onNews();
    }
    over = true;
    onNews();
  };
  const ended = read();

  return {
    all,
    items: () => all.filter(({ event }) => event === 'item'),
    async until(holds) {
      while (!holds(all)) {
        if (over) throw new Error(`the stream ended after ${all.length} events`);
        await new Promise<void>((resolve) => (onNews = resolve));
      }
      return all;
    },
    ended,
    leave: () => reader.cancel(),
  };
}
