import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  // No data: URLs and no inline script, because the content security policy forbids them.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2023' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
