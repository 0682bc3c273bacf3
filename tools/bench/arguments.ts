import type { Bench } from './frame';

/** The command line cannot be understood; the message says what there is. */
export class ArgumentError extends Error {
  override name = 'ArgumentError';
}

export interface BenchArguments {
  chosen: readonly Bench[];
  json: boolean;
  /** `--seed 7` → `{ seed: 7 }` */
  options: Readonly<Record<string, number>>;
}

/** `[NAME …] [--json] [--OPTION N …]`; no name = all. @throws ArgumentError */
export function readArguments(args: readonly string[], benches: readonly Bench[]): BenchArguments {
  const names: string[] = [];
  const options: Record<string, number> = {};
  let json = false;
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    if (argument === '--json') json = true;
    else if (argument.startsWith('--')) {
      const [name = '', inline] = argument.slice(2).split('=');
      const value = inline ?? args[(at += 1)] ?? '';
      if (!/^\d{1,9}$/.test(value))
        throw new ArgumentError(`--${name} precisa de um número inteiro.\n${usage(benches)}`);
      options[name] = Number(value);
    } else names.push(argument);
  }
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) throw new ArgumentError(`Não há bench ${unknown.join(', ')}.\n${usage(benches)}`);
  const chosen = names.length > 0 ? benches.filter(({ name }) => names.includes(name)) : benches;
  for (const option of Object.keys(options))
    if (!chosen.some((bench) => bench.options?.[option]))
      throw new ArgumentError(
        `${chosen.map(({ name }) => name).join(', ')} não tem a opção --${option}.\n${usage(benches)}`,
      );
  return { chosen, json, options };
}

function usage(benches: readonly Bench[]): string {
  const lines = benches.flatMap(({ name, title, options = {} }) => [
    `  ${name.padEnd(12)} ${title}`,
    ...Object.entries(options).map(
      ([option, { default: value, help }]) => `  ${''.padEnd(12)}   --${option} N: ${help} (${value})`,
    ),
  ]);
  return ['Uso: npm run bench [-- NOME …] [-- --json]', ...lines].join('\n');
}
