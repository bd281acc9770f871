import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  // Nothing as a data: address in the page, and no inline script: the policy forbids it.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2023' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
