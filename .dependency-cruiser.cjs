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
    ...room('activities', ['domain', 'db', 'config'], {
      typesOf: ['gateways'],
      why: 'Steps on the record; gateways and settings are handed in by worker/main.ts.',
    }),
    ...room('gateways', ['domain'], { why: 'One bank behind the port of domain/gateway.ts.' }),
    ...room('db', ['domain'], { why: 'SQL, and nothing that decides.' }),
    ...room('config', [], { why: 'Read by everybody, so that it reads nobody.' }),
    ...room('documents', ['domain'], { why: 'Draws what it is given; it knows neither record nor bank.' }),
    ...room('worker', ['domain', 'workflows', 'activities', 'gateways', 'db', 'config'], {
      why: 'Composition root of the worker; it knows neither its callers nor who starts it.',
    }),
    {
      name: 'room-client-package',
      comment:
        'What an ERP takes along, compiled with its part of domain/: it speaks to Temporal or to the API. The command line also reads the record.',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/cli/' },
      to: {
        path: '^[^/]+/',
        pathNot: ['^client/', '^domain/', '(^|/)node_modules/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'room-client-package-not-its-command-line',
      comment: 'The command line uses the client, never the other way round.',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/cli/' },
      to: { path: '^client/cli/' },
    },
    ...room('client', ['domain', 'db', 'config', 'documents'], {
      // The pure side of the gateways: a dry run checks without sending.
      files: ['gateways/codecs.ts'],
      // It hands in what tests an account at its bank.
      roots: ['cli/main.ts'],
      why: 'Starts and conducts batches by name; the workflow itself runs in the worker.',
    }),
    ...room('api', ['domain', 'db', 'config', 'documents', 'client'], {
      files: ['gateways/codecs.ts'],
      roots: ['api/main.ts'],
      why: 'The same record and the same client as the command line, by HTTP. What only calls a bank is handed in by api/main.ts.',
    }),
    ...room('web', ['domain'], {
      typesOf: ['api'],
      why: 'The screens talk to the API by HTTP only; they share the words of domain/, and of what crosses the types.',
    }),
    ...room('examples', ['domain', 'client'], { why: 'What an ERP does: it makes files and presses buttons.' }),
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
      comment:
        'Where only `dependencies` are installed, the import fails. The stack looks for the SDK of tests last of all, and the bench of the screens for the driver of a browser.',
      severity: 'error',
      from: { pathNot: ['^test/', '^stack/', '^web/', '^bench/screen\\.ts$', '^[^/]+\\.(js|cjs|mjs)$'] },
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
    exclude: { path: ['^\\.data/', '^\\.cache/', '^coverage/', '^client/dist/'] },
    // Also what compiling removes: a room that only wants types says so with `import type`.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
