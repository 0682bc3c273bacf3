import { rmSync } from 'node:fs';
import { relative, sep } from 'node:path';
import ts from 'typescript';

/*
 * JavaScript and types of the package, with what it takes from domain/, into client/dist. Run by `npm pack` and
 * `npm publish`. The contract stays at home, and zod with it: the types that http/answers.ts takes from it are written
 * out in full, as what they are and not as how they are made.
 */
const here = import.meta.dirname;
const ANSWERS = `${here}${sep}http${sep}answers.ts`;
rmSync(`${here}${sep}dist`, { recursive: true, force: true });

const { options, fileNames } = ts.getParsedCommandLineOfConfigFile(`${here}${sep}tsconfig.build.json`, {}, ts.sys);
const program = ts.createProgram(fileNames, options);
const checker = program.getTypeChecker();
const isAnswers = (file) => relative(ANSWERS, file.fileName) === '';
const flags = ts.NodeBuilderFlags;
const inFull =
  flags.NoTruncation |
  flags.InTypeAlias |
  flags.MultilineObjectLiterals |
  flags.UseSingleQuotesForStringLiteralType |
  flags.UseAliasDefinedOutsideCurrentScope;

/** A type alias of the contract becomes what it stands for. */
function writtenOut(original, statement) {
  const { factory } = ts;
  const type = checker.getTypeAtLocation(original.statements.find((each) => each.name?.text === statement.name.text));
  const node = checker.typeToTypeNode(type, undefined, inFull);
  return factory.updateTypeAliasDeclaration(statement, statement.modifiers, statement.name, undefined, node);
}

const declarations = () => (file) => {
  if (!isAnswers(file)) return file;
  const original = program.getSourceFiles().find(isAnswers);
  const statements = file.statements
    .filter(
      (each) =>
        ts.isTypeAliasDeclaration(each) && each.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
    )
    .map((each) => writtenOut(original, each));
  return ts.factory.updateSourceFile(file, [
    ...statements,
    ts.factory.createExportDeclaration(undefined, false, ts.factory.createNamedExports([])),
  ]);
};

const ofContract = `${sep}contract${sep}`;
const { diagnostics } = program.emit(
  undefined,
  (name, text) => {
    if (!name.replaceAll('/', sep).includes(ofContract)) ts.sys.writeFile(name, text);
  },
  undefined,
  false,
  { afterDeclarations: [declarations] },
);
const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
if (problems.length > 0) {
  console.error(
    ts.formatDiagnostics(problems, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => here,
      getNewLine: () => '\n',
    }),
  );
  process.exit(1);
}
