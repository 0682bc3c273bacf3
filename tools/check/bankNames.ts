import type { GatewayManifest } from '../../domain/manifest';
import { withoutComments, type SourceFile } from './sources';

/** Where a bank may be named: its own folder, what is invented, what is never run in production. */
const ROOMS = /^(gateways|examples|tools|test|docs|findings)\//;

/** Files of other rooms that name a bank in code; a comment may cite its manual. */
export function bankNames(
  files: readonly SourceFile[],
  manifests: readonly Pick<GatewayManifest, 'name' | 'label'>[],
): string[] {
  const patterns = manifests.map(patternOf);
  return files
    .filter(({ path }) => !ROOMS.test(path))
    .flatMap((file) =>
      withoutComments(file)
        .split('\n')
        .flatMap((line, index) =>
          patterns.flatMap((pattern) => {
            const [named] = pattern.exec(line) ?? [];
            return named === undefined ? [] : [`${file.path}:${index + 1} names ${named}: let the manifest say it`];
          }),
        ),
    );
}

/** `banco-x`, its label, and both as parts of an identifier: `bancoX`, `createBancoX`, but `inter` not in `internal`. */
function patternOf({ name, label }: Pick<GatewayManifest, 'name' | 'label'>): RegExp {
  const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const pascal = camel.charAt(0).toUpperCase() + camel.slice(1);
  const word = (text: string) => `(?<![\\p{L}\\d])${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\d])`;
  return new RegExp(
    [word(name), word(label), `(?<![\\p{L}\\d])${camel}(?![\\p{Ll}\\d])`, `(?<!\\p{Lu})${pascal}(?![\\p{Ll}\\d])`].join(
      '|',
    ),
    'u',
  );
}
