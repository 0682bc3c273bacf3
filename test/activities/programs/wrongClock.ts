// Loaded before a program: its wall clock is off by CLOCK_OFF_MS, which may change while it runs; its monotonic one is not.
const rightDate = Date;

const now = (): number => rightDate.now() + Number(process.env.CLOCK_OFF_MS ?? 0);

globalThis.Date = new Proxy(rightDate, {
  construct: (target, given: [] | [unknown], made) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, made) as Date,
  get: (target, name, receiver): unknown => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
