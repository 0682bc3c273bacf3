import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

const nodeBuiltins = {
  paths: builtinModules.map((name) => ({ name, message: 'Pure code: no I/O (ARCHITECTURE.md).' })),
  patterns: [{ group: ['node:*'], message: 'Pure code: no I/O (ARCHITECTURE.md).' }],
};
const noRandom = [
  { object: 'Math', property: 'random', message: 'Not the same on replay, nor in a test: take it as an argument.' },
  {
    object: 'crypto',
    property: 'randomUUID',
    message: 'Not the same on replay, nor in a test: take it as an argument.',
  },
];
const noProcess = [
  { name: 'process', message: 'Pure code knows no process.' },
  { name: 'fetch', message: 'Pure code: no I/O.' },
  { name: 'crypto', message: 'Pure code: no random.' },
  { name: 'require', message: 'Pure code: no I/O.' },
];

export default tseslint.config(
  { ignores: ['node_modules/', '.data/', '.cache/', '**/dist/', 'coverage/'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // A forgotten `await` on an activity or a query is a lost step: said twice, since it is why we lint at all.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      // `== null` asks for both kinds of nothing on purpose.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // A name that starts with _ is left out on purpose, as in `const { secret: _, ...rest }`.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      // Numbers and booleans in a message read as they are; objects and undefined would not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      // `return print(…)` and `() => stop()` hide nothing; a promise that is thrown away is caught above.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Banks limit fields in characters as people count them: code points are what we want.
      '@typescript-eslint/no-misused-spread': 'off',
      // An operation may have nothing to say: `ActionResult | void` reads better than a second return type.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Functions and plain objects, no `this`: methods are handed on freely.
      '@typescript-eslint/unbound-method': 'off',
      // An async function also turns what it throws into a rejection, which is what its interface promises.
      '@typescript-eslint/require-await': 'off',
      // Temporal's and pg's enums are protocol numbers; importing them would load whole libraries for a constant.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
    },
  },
  {
    files: ['domain/**/*.ts', 'workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', nodeBuiltins],
      'no-restricted-properties': ['error', ...noRandom],
      'no-restricted-globals': ['error', ...noProcess],
    },
  },
  {
    files: ['domain/**/*.ts'],
    rules: {
      // workflows/ may: Temporal's sandbox gives it the clock of the history. domain/ also runs outside of it.
      'no-restricted-properties': [
        'error',
        ...noRandom,
        { object: 'Date', property: 'now', message: 'domain/ has no clock: take the instant as an argument.' },
        { object: 'performance', property: 'now', message: 'domain/ has no clock: take the instant as an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.name='Date']",
          message: 'domain/ has no clock: take the instant as an argument.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // What is not as the test believes fails the test, which is the point of it.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      // Rows, JSON and asymmetric matchers (`expect.any`) are any; expectations check them.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // `afterAll(() => database?.close())` also runs after a `beforeAll` that failed.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
    // Started before anything is installed, or read by jest: plain CommonJS.
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
