export interface Block {
  language: string;
  text: string;
  /** The heading that it stands under, without its marks; empty above the first. */
  heading: string;
}

/** Fenced blocks in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  for (const [, title, language, text] of markdown.matchAll(/^#+ (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm))
    if (title === undefined) blocks.push({ language: language ?? '', text: text ?? '', heading });
    else heading = title;
  return blocks;
}

/** Outside fenced blocks. */
export function proseOf(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, '');
}

/** Text between single backticks. */
export function codeSpansOf(markdown: string): string[] {
  return [...proseOf(markdown).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span as string);
}

/** Commands of a shell block as they are typed: lines that go on are one command; empty lines and remarks are none. */
export function commandsOf(shell: string): string[] {
  return shell
    .replaceAll('\\\n', '\\\n\0')
    .split(/\n(?!\0)/)
    .map((command) => command.replaceAll('\0', '').trim())
    .filter((command) => command !== '' && !command.startsWith('#'));
}
