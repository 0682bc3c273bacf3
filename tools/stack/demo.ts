import { join, resolve } from 'node:path';
import { connect } from '../../client/connect';
import { readEnvironment } from '../../config/environment';
import { createSecretBox } from '../../config/secrets';
import { openDatabase } from '../../record/database';
import { saoPauloDate } from '../../domain/kinds/dates';
import { generateExamples, writeExamples } from '../../examples/generate';
import { manifests } from '../../gateways';
import { burstOfInstability, ordinaryLatency, simulatedBank } from './demo/bank';
import { prepareRecord, runStory, type Ending } from './demo/story';
import { emptyStackFolder } from './emptyStackFolder';
import { StackError } from './errors';
import type { Say } from './say';
import { startStack, type Stack } from './stack';

const FOLDER = 'demo';

/** `npm run demo`: the main job from selection to conclusion, on real parts; the last line is JSON. */
async function main(): Promise<void> {
  const jsonOnly = process.argv.includes('--json');
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--json');
  if (unknown.length > 0) throw new StackError(`argumento desconhecido: ${unknown.join(' ')}. Só existe --json.`);
  const say: Say = (line) => (jsonOnly ? process.stderr : process.stdout).write(`${line}\n`);
  const began = performance.now();
  await emptyStackFolder(resolve(readEnvironment(process.env).dataDir, FOLDER), say);
  say('Preparando o ambiente (PostgreSQL, Temporal, simulador do banco, worker):');
  const abort = new AbortController();
  const stack = await startStack({ name: FOLDER, say, signal: abort.signal, gateways: ['banco-do-brasil'] });
  const stopped = () => {
    say('\nInterrompido. Parando tudo em ordem…');
    void stack.stop().finally(() => process.exit(130));
  };
  process.once('SIGINT', stopped);
  process.once('SIGTERM', stopped);
  try {
    const { ending, ledger } = await play(stack, say);
    await stack.stop();
    tell(say, ending, ledger);
    process.stdout.write(`${JSON.stringify(summary(ending, ledger, (performance.now() - began) / 1_000))}\n`);
  } finally {
    await stack.stop();
  }
}

async function play(stack: Stack, say: Say): Promise<{ ending: Ending; ledger: Ledger }> {
  const bankOrigin = stack.gateways['banco-do-brasil'] as string;
  const bank = simulatedBank(bankOrigin);
  const examples = generateExamples({ today: saoPauloDate(new Date()) });
  const files = await writeExamples(join(stack.folder, 'examples'), examples);
  const { irregularDocuments, missingCeps } = examples.bankFacts;
  await bank.tell('facts', { irregularDocuments, missingCeps });
  await bank.tell('settings', ordinaryLatency);
  await bank.tell('faults', burstOfInstability);

  const knex = openDatabase(stack.variables['DATABASE_URL'] as string);
  const client = await connect({ address: stack.temporalAddress, namespace: stack.temporalNamespace });
  try {
    const secretBox = createSecretBox(stack.secretsKey);
    const scene = { knex, client, secretBox, manifests, bankOrigin, say };
    say('\nA carteira de um provedor inventado:');
    await prepareRecord(scene, files);
    if (stack.temporalUi) say(`  acompanhe na interface do Temporal: ${stack.temporalUi}`);
    const ending = await runStory(scene, examples);
    return { ending, ledger: await bank.ledger() };
  } finally {
    await client.connection.close();
    await knex.destroy();
  }
}

interface Ledger {
  registered: number;
  duplicates: number;
}

function tell(say: Say, { report, corrections }: Ending, ledger: Ledger): void {
  say('\nConcluído.');
  say(
    `  selecionados ${report.selected} · registrados ${report.registered} · descartados ${report.discarded} · rodadas ${report.rounds}`,
  );
  say(`  corrigidos ${corrections} · confirmados por consulta, sem segundo envio ${report.reconciled}`);
  say(`  no livro do banco: ${ledger.registered} registros, ${ledger.duplicates} em duplicidade`);
  say('\nPara reabrir esta comunicação: npm start -- --demo');
}

function summary({ batchId, report, corrections, causes }: Ending, ledger: Ledger, seconds: number) {
  const { selected, leftOut, registered, discarded, rejected, unconfirmed, rounds, reconciled } = report;
  return {
    ...{ batchId, selected, leftOut, registered, discarded, rejected, unconfirmed, rounds, corrections, reconciled },
    ...{ causes, gatewayLedger: { registered: ledger.registered, duplicates: ledger.duplicates } },
    seconds: Math.round(seconds),
  };
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
