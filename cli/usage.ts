import { Help, type Command, type CommanderError } from 'commander';
import { CliError } from './error';
import type { Streams } from './streams';

const titles: Record<string, string> = {
  'Usage:': 'Uso:',
  'Arguments:': 'Argumentos:',
  'Options:': 'Opções:',
  'Global Options:': 'Opções gerais:',
  'Commands:': 'Comandos:',
};

/** Help in Portuguese, and errors that main.ts prints instead of commander; inherited by the commands added later. */
export function speakPortuguese(program: Command, to: Streams & { json: boolean }): Command {
  return program
    .helpOption('-h, --help', 'mostra esta ajuda')
    .helpCommand('ajuda [comando]', 'mostra a ajuda de um comando')
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => titles[title] ?? title,
      optionDescription: (option) => option.description + suffix(option.defaultValue, option.argChoices),
      subcommandTerm: (command) =>
        Help.prototype.subcommandTerm.call(new Help(), command).replace('[options]', '[opções]'),
      commandUsage: (command) =>
        Help.prototype.commandUsage
          .call(new Help(), command)
          .replace('[options]', '[opções]')
          .replace('[command]', '[comando]'),
    })
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => to.out(text.trimEnd()),
      // The help that comes with an error would spoil the one JSON object.
      writeErr: (text) => {
        if (!to.json) to.err(text.trimEnd());
      },
    })
    .exitOverride();
}

function suffix(defaultValue: unknown, choices: readonly string[] | undefined): string {
  const parts = [
    ...(choices ? [`um de: ${choices.join(', ')}`] : []),
    ...(typeof defaultValue === 'string' || typeof defaultValue === 'number' ? [`padrão: ${defaultValue}`] : []),
  ];
  return parts.length > 0 ? ` (${parts.join('; ')})` : '';
}

/** What commander refused, as an error of ours; null when it only printed help. */
export function usageError(error: CommanderError): CliError | null {
  if (error.exitCode === 0) return null;
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const hint = 'veja o uso com: boletos ajuda';
  const refuse = (code: string, message: string) => new CliError(2, code, message, hint);
  switch (error.code) {
    case 'commander.help':
      return refuse('comando_ausente', 'falta o comando');
    case 'commander.unknownCommand':
      return refuse('comando_desconhecido', `não existe o comando "${named}"${suggestion(error)}`);
    case 'commander.unknownOption':
      return refuse('opcao_desconhecida', `não existe a opção "${named}"${suggestion(error)}`);
    case 'commander.missingArgument':
      return refuse('argumento_ausente', `falta o argumento ${named.toUpperCase()}`);
    case 'commander.optionMissingArgument':
      return refuse('valor_ausente', `falta o valor da opção ${named.split(' ')[0]}`);
    case 'commander.missingMandatoryOptionValue':
      return refuse('opcao_ausente', `falta a opção ${named.split(' ')[0]}`);
    case 'commander.conflictingOption': {
      const [first, second] = [...error.message.matchAll(/'([^']*)'/g)].map((match) => match[1]);
      return refuse('opcoes_em_conflito', `as opções ${first} e ${second} não podem ser usadas juntas`);
    }
    case 'commander.excessArguments':
      return refuse('argumento_a_mais', 'há argumentos a mais (um valor com espaços precisa de aspas)');
    case 'commander.invalidArgument': {
      // A parser of ours explains after the word "invalid."; commander's own are choices.
      const why = /is invalid(?: for argument '[^']*')?\. (.*)$/s.exec(error.message)?.[1] ?? '';
      const choices = /^Allowed choices are (.*)\.$/s.exec(why)?.[1];
      const option = named.replace(/^.*--/, '--').split(' ')[0];
      const said = choices ? `use um de: ${choices}` : why;
      return refuse('valor_invalido', option?.startsWith('--') ? `${option}: ${said}` : said);
    }
    default:
      return refuse('uso_invalido', error.message.replace(/^error: /, ''));
  }
}

function suggestion(error: CommanderError): string {
  const meant = /\(Did you mean (?:one of )?(.*)\?\)/s.exec(error.message)?.[1];
  return meant ? `; talvez ${meant}` : '';
}
