import { defineConfig } from 'vite';

/** Built by tools/stack/screens.ts, which gives the folder. Nothing inline: the API's Content-Security-Policy refuses it. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
  },
  logLevel: 'warn',
});
