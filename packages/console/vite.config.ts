import { defineConfig } from 'vite';

/** Where the API is while the console is worked on: `npx vite` in this folder. */
const API = 'http://127.0.0.1:3000';

export default defineConfig({
  base: '/console/',
  // Nothing as a data: address in the page, and no inline script: the policy forbids it.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2023' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    proxy: Object.fromEntries(
      [
        '/telegram',
        '/jobs',
        '/message_stream',
        '/console/config.json',
        '/console/sandbox',
        '/admin',
        '/docs',
      ].map((path) => [path, API]),
    ),
  },
});
