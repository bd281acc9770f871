import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { expect, test } from 'vitest';
import { sandboxGuide } from './launch/guide.mjs';
import { errorPage } from './lib/error-page.mjs';
import { ROOT } from './lib/root.mjs';

/** @param {string} file */
const read = (file) => readFileSync(join(ROOT, file), 'utf8');

test('docs/errors.md matches the table in code; otherwise run: npm run docs', async () => {
  expect(read('docs/errors.md')).toBe(await errorPage());
});

test('the README has the lines that npm start prints', () => {
  const guide = sandboxGuide({ api: 'http://127.0.0.1:3000', control: 'http://127.0.0.1:4480' });
  expect(read('README.md')).toContain(guide.join('\n'));
});

test('.env.example lists exactly the existing settings, with their default values', async () => {
  const { parseSettings, SETTING_NAMES } = await tsImport(
    '../packages/runtime/src/settings.ts',
    import.meta.url,
  );
  const lines = read('.env.example')
    .split('\n')
    .filter((line) => /^[A-Z_]+=/.test(line));
  const example = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(Object.keys(example).toSorted()).toEqual(SETTING_NAMES.toSorted());
  expect(parseSettings(example)).toEqual(parseSettings({}));
});
