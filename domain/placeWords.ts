/* What the record keeps in words is read on screens and at the command line: commands stand where a screen leaves them out. */

/** A command, for whoever reads the words at the command line. */
export const atCommandLine = (command: string) => ` (na linha de comando: ${command})`;

/** The words without the commands that `atCommandLine` put there. */
export const onScreen = (words: string) => words.replace(/ \(na linha de comando: [^)]*\)/g, '');
