/** The workflow speaks of its updates, as who sends them with the stock `temporal` CLI needs; here they are commands. */
const commands: Record<string, string> = {
  recommunicate: 'recomunicar',
  discard: 'descartar',
  resolve: 'resolver',
  reexamine: 'reexaminar',
  pause: 'pausar',
  resume: 'retomar',
  conclude: 'concluir',
};

/** `envie "recommunicate"` as `envie "recomunicar"`. */
export function inCommands(message: string): string {
  return message.replace(/"(\w+)"/g, (quoted, name: string) => (commands[name] ? `"${commands[name]}"` : quoted));
}
