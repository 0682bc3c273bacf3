import { request, type ClientRequest } from 'node:http';

const FRAME_END = '\n\n';

/** One viewer of a batch: checks that every outcome comes once and in order, whatever becomes of its connection. */
export interface EventViewer {
  /** The last outcome it has. */
  last(): number;
  /** Outcomes that were jumped over. */
  missing(): number;
  /** Outcomes that came again. */
  repeated(): number;
  resumed(): number;
  /** Cuts the connection and goes on after the last outcome, as a browser does. */
  cut(): void;
  leave(): void;
}

/**
 * @param onDelay milliseconds from the record's instant of each outcome to its arrival here.
 */
export function openViewer(
  { url, token, from }: { url: string; token: string; from: number },
  onDelay: (ms: number) => void,
): EventViewer {
  let last = from;
  let [missing, repeated, resumed] = [0, 0, 0];
  let over = false;
  let current: ClientRequest | null = null;

  const take = (frame: string) => {
    if (!frame.startsWith('id: ')) return;
    const seq = Number(frame.slice(4, frame.indexOf('\n')));
    const at = frame.indexOf('"at":"') + 6;
    onDelay(Date.now() - Date.parse(frame.slice(at, frame.indexOf('"', at))));
    if (seq <= last) repeated += 1;
    else missing += seq - last - 1;
    last = Math.max(last, seq);
  };

  const connect = () => {
    if (over) return;
    const headers = { Authorization: `Bearer ${token}`, 'Last-Event-ID': String(last) };
    const own = request(url, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) throw new Error(`a viewer was answered ${response.statusCode}`);
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        // What a connection that was cut still holds is lost with it.
        if (own !== current) return;
        text += chunk;
        const frames = text.split(FRAME_END);
        text = frames.pop() ?? '';
        frames.forEach(take);
      });
      response.on('error', () => undefined);
    });
    current = own;
    own.on('error', () => undefined).on('close', () => own === current && setTimeout(connect, 100));
    own.end();
  };
  connect();

  return {
    last: () => last,
    missing: () => missing,
    repeated: () => repeated,
    resumed: () => resumed,
    cut() {
      resumed += 1;
      current?.destroy();
    },
    leave() {
      over = true;
      current?.destroy();
    },
  };
}
