import { resolve } from 'node:path';
import { EnvironmentError, readEnvironment } from '../../config/environment';
import { StackError } from './errors';
import type { Say } from './say';
import { FIRST_LOGIN } from '../../api/firstAdministrator';
import { startStack, type Stack } from './stack';

const STOPPED_BY_SIGNAL = 130;

/** `npm start`: everything stays up until Ctrl-C. `-- --demo` opens the record that the last demo left. */
async function main(): Promise<void> {
  const say: Say = (line) => console.log(line);
  const demo = process.argv.includes('--demo');
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--demo');
  if (unknown.length > 0) throw new StackError(`argumento desconhecido: ${unknown.join(' ')}. Só existe --demo.`);

  const interrupt = new AbortController();
  let interrupts = 0;
  let stopping = false;
  const starting = startStack({
    name: demo ? 'demo' : 'start',
    publishedAs: 'start',
    say,
    api: true,
    signal: interrupt.signal,
  });
  const stop = (signal: NodeJS.Signals) => {
    // Only a person presses twice to insist: after a Ctrl-C the shell of npm dies too, which is told by SIGTERM.
    if (signal === 'SIGINT' && ++interrupts > 1) process.exit(STOPPED_BY_SIGNAL);
    if (stopping) return;
    stopping = true;
    say('\nParando tudo em ordem… (Ctrl-C de novo: à força)');
    interrupt.abort();
    starting
      .then((stack) => stack.stop())
      .then(
        () => process.exit(0),
        () => process.exit(STOPPED_BY_SIGNAL),
      );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  const stack = await starting.catch((error: unknown) => {
    // Told above: the start was called off.
    if (interrupt.signal.aborted) return undefined;
    throw error;
  });
  if (stack) tell(stack, demo, say);
}

function tell(stack: Stack, demo: boolean, say: Say): void {
  const published = resolve(readEnvironment(process.env).dataDir, 'start', 'stack.json');
  say('');
  say('Tudo no ar. Ctrl-C para tudo.');
  if (stack.api) say(`  Telas             ${stack.api.replace('//0.0.0.0:', '//127.0.0.1:')}`);
  if (stack.firstPassword) {
    say(`    login           ${FIRST_LOGIN}`);
    say(`    senha           ${stack.firstPassword}   (mostrada só agora: guarde-a)`);
  }
  if (stack.api && readEnvironment(process.env).oidc?.only)
    say(
      '    entrada         só pela conta da empresa; administrador é quem OIDC_ROLE_CLAIM e OIDC_FILIAL_CLAIM disserem',
    );
  if (stack.temporalUi) say(`  Temporal Web UI   ${stack.temporalUi}`);
  else say(`  Temporal          ${stack.temporalAddress}`);
  for (const [name, origin] of Object.entries(stack.gateways)) say(`  ${name.padEnd(16)}  ${origin} (simulador)`);
  say(`  Endereços         ${published}`);
  say(`  Registros         ${resolve(stack.folder, 'logs')}`);
  say('');
  say('Em outro terminal:');
  say('  npx boletos carteira listar');
  if (demo) say('  npx boletos comunicacoes');
  else say('  npx boletos importar ARQUIVO        (exemplos: npx tsx examples/main.ts PASTA)');
  const bank = stack.gateways['banco-do-brasil'];
  if (bank && !demo) {
    say(
      '  npx boletos carteira definir ID --gateway banco-do-brasil --convenio 3128557 --variacao 35 --agencia 452 --conta 123873 \\',
    );
    say(`    --base-url ${bank}/cobrancas/v2 --auth-url ${bank}/oauth/token --credenciais conta.json`);
    say('    (conta.json: {"clientId":"simulado","clientSecret":"segredo-simulado","appKey":"chave-simulada"})');
  }
  say('  npx boletos comunicar --carteira ID --acompanhar');
}

main().catch((error: unknown) => {
  const expected = error instanceof StackError || error instanceof EnvironmentError;
  console.error(`erro: ${expected ? error.message : String(error instanceof Error ? error.stack : error)}`);
  process.exit(1);
});
