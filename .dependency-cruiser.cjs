/**
 * The table "may import" of ARCHITECTURE.md. Imports point inward; each room names here all that it may reach.
 * `roots` are the files that put a program together and hand in what its room may not reach.
 * A type is gone after compiling, so that `import type` is free where the table says "types of".
 */
const room = (name, mayImport, { typesOf = [], files = [], roots = [], packages, why }) => [
  {
    name: `room-${name}`,
    comment: why,
    severity: 'error',
    from: { path: `^${name}/`, pathNot: roots.map((each) => `^${each.replace('.', '\\.')}$`) },
    to: {
      path: '^[^/]+/',
      pathNot: [
        ...[name, ...mayImport, ...typesOf].map((each) => `^${each}/`),
        ...files.map((each) => `^${each.replace('.', '\\.')}$`),
        '(^|/)node_modules/',
      ],
      dependencyTypesNot: ['core'],
    },
  },
  ...typesOf.map((each) => ({
    name: `room-${name}-only-types-of-${each}`,
    comment: why,
    severity: 'error',
    from: { path: `^${name}/` },
    to: { path: `^${each}/`, dependencyTypesNot: ['type-only'] },
  })),
  ...(packages === undefined
    ? []
    : [
        {
          name: `room-${name}-packages`,
          comment: why,
          severity: 'error',
          from: { path: `^${name}/` },
          to: {
            dependencyTypesNot: ['local', 'type-only'],
            pathNot: packages.map((each) => `(^|/)node_modules/${each}/`),
          },
        },
      ]),
];

/** A room of the record, and those of its neighbours that it may reach; the files beside the rooms are free to all. */
const inside = (name, mayImport, why) => [
  {
    name: `record-${name}`,
    comment: why,
    severity: 'error',
    from: { path: `^record/${name}/` },
    to: { path: '^record/[^/]+/', pathNot: [name, ...mayImport].map((each) => `^record/${each}/`) },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...room('domain', [], {
      packages: ['cpf-cnpj-validator'],
      why: 'Pure: no I/O, nothing of ours, and one library that is pure, too: the check digits of CPF and CNPJ follow the Receita, not us.',
    }),
    ...room('workflows', ['domain'], {
      typesOf: ['activities'],
      packages: ['@temporalio/workflow', '@temporalio/common'],
      why: 'Runs in the sandbox of Temporal and is replayed: only pure code, and activities by their types.',
    }),
    ...room('activities', ['domain', 'record', 'config'], {
      typesOf: ['gateways'],
      why: 'Steps on the record; gateways and settings are handed in by worker/main.ts.',
    }),
    ...room('gateways', ['domain'], { why: 'One bank behind the port of domain/gateway.ts.' }),
    {
      name: 'gateway-alone',
      comment: 'A bank is a folder: it stands on gateways/core and gateways/simulator, never on another bank.',
      severity: 'error',
      from: { path: '^gateways/([^/]+)/', pathNot: '^gateways/(core|simulator)/' },
      to: { path: '^gateways/', pathNot: ['^gateways/$1/', '^gateways/(core|simulator)/'] },
    },
    {
      name: 'gateways-core-knows-no-bank',
      comment: 'What every bank stands on; the list of them is gateways/*.ts.',
      severity: 'error',
      from: { path: '^gateways/(core|simulator)/' },
      to: { path: '^gateways/', pathNot: '^gateways/(core|simulator)/' },
    },
    ...room('contract', ['domain'], {
      packages: ['@hono/zod-openapi', 'zod'],
      why: 'What crosses HTTP, said once: the API checks and documents by it, screens and client package are compiled by it.',
    }),
    ...room('operations', ['domain', 'record'], {
      files: ['gateways/index.ts'],
      why: 'What API, command line and screens do in the same way; results in codes.',
    }),
    ...room('words', ['domain'], {
      typesOf: ['record'],
      why: 'What codes mean, in Portuguese, for every place where people read them.',
    }),
    ...room('record', ['domain'], { why: 'SQL, and nothing that decides.' }),
    // Within the record: who sees what is everybody's ground; what a call does stands on no list and no form.
    ...inside('access', [], 'Who is who and who sees what: everything else of the record stands on it.'),
    ...inside(
      'engine',
      ['access', 'receivables'],
      'Leases, intents, outcomes: what a call writes, and what waits for it.',
    ),
    ...inside('accounts', ['access', 'engine'], 'Accounts at a gateway and the carteiras on them.'),
    ...inside('guard', ['access', 'engine'], 'What must be communicated before it is due.'),
    ...inside('importing', ['access', 'receivables'], 'Rows of a file, on their way to the record.'),
    ...inside('receivables', ['access', 'engine', 'batches', 'importing'], 'Títulos, and what people correct of them.'),
    ...inside(
      'batches',
      ['access', 'engine', 'accounts', 'guard', 'receivables'],
      'Batches and their items, as people see them.',
    ),
    ...inside('outbox', ['access', 'receivables'], 'What others are told.'),
    ...room('config', [], { why: 'Read by everybody, so that it reads nobody.' }),
    ...room('documents', ['domain'], {
      files: ['gateways/banks.ts'],
      why: 'Draws what it is given; it knows neither record nor gateway, of a bank only the name.',
    }),
    ...room('worker', ['domain', 'workflows', 'activities', 'gateways', 'record', 'config'], {
      why: 'Composition root of the worker; it knows neither its callers nor who starts it.',
    }),
    ...room('client', ['domain', 'words'], {
      typesOf: ['contract'],
      why: 'What an ERP takes along, compiled with its part of domain/: it speaks to Temporal or to the API.',
    }),
    ...room('cli', ['domain', 'words', 'operations', 'record', 'config', 'documents', 'client'], {
      // The pure side of the gateways: a dry run checks without sending.
      files: ['gateways/index.ts', 'gateways/banks.ts', 'gateways/catalogue.ts'],
      // It hands in what tests an account at its bank.
      roots: ['cli/main.ts'],
      why: 'The command: starts and conducts batches by name; the workflow itself runs in the worker.',
    }),
    ...room('api', ['domain', 'contract', 'words', 'operations', 'record', 'config', 'documents', 'client'], {
      files: ['gateways/index.ts', 'gateways/catalogue.ts'],
      roots: ['api/main.ts'],
      why: 'The same record and the same client as the command line, by HTTP. What only calls a bank is handed in by api/main.ts.',
    }),
    ...room('web', ['domain', 'words'], {
      typesOf: ['contract'],
      why: 'The screens talk to the API by HTTP only; they share the words of domain/, and of what crosses the types.',
    }),
    ...room('examples', ['domain', 'client'], { why: 'What an ERP does: it makes files and presses buttons.' }),
    {
      name: 'client-contract-in-one-file',
      comment:
        'The build of the package writes out what this file takes of the contract: nobody who installs it has zod.',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/http/answers\\.ts$' },
      to: { path: '^contract/' },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one subject, or have a third one in common.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-tests-import-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-tools-in-production',
      comment: 'Where only `dependencies` are installed, the import fails. Tools are never run there.',
      severity: 'error',
      from: { pathNot: ['^test/', '^tools/', '^web/', '^[^/]+\\.(js|cjs|mjs)$'] },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'declared-and-found',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: ['^\\.data/', '^\\.cache/', '^coverage/', '^(client/)?dist/'] },
    // Also what compiling removes: a room that only wants types says so with `import type`.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
