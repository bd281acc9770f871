import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { describe, expect, test } from 'vitest';
import { sandboxGuide } from './launch/guide.mjs';
import { errorPage } from './lib/docs/error-page.mjs';
import { openApiFile, PYTHON_DOCUMENT } from './lib/docs/openapi-file.mjs';
import { MANIFEST, ROOT } from './lib/root.mjs';

const CLI = join(ROOT, 'apps', 'cli', 'bin', 'telegram-gateway.mjs');

/** @param {string} file */
const read = (file) => readFileSync(join(ROOT, file), 'utf8');

test('docs/errors.md and docs/ru/errors.md match the table in code; otherwise run: npm run docs', async () => {
  expect(read('docs/errors.md')).toBe(await errorPage('en'));
  expect(read('docs/ru/errors.md')).toBe(await errorPage('ru'));
});

test('the Python client is generated from the document of today; otherwise run: npm run docs', async () => {
  expect(read(PYTHON_DOCUMENT)).toBe(await openApiFile());
});

/** Values of readers that a Russian page names in Russian. */
const IN_RUSSIAN = new Set([
  '+phone',
  '@usernames',
  'bot.<its id>',
  'key:user1|user2',
  't=<seconds>,sha256=<hex>',
  'X-Signature-V2: t=<seconds>,sha256=<hex>',
  '….session.broken-<time>',
]);

describe.each([
  ['README.md', 'README.ru.md'],
  ['docs/faq.md', 'docs/ru/faq.md'],
  ['docs/operations.md', 'docs/ru/operations.md'],
  ['docs/receiving.md', 'docs/ru/receiving.md'],
  ['docs/recipes.md', 'docs/ru/recipes.md'],
  ['docs/sessions.md', 'docs/ru/sessions.md'],
])('%s and %s', (english, russian) => {
  test('have the same code: the tests that paste it hold for both', () => {
    expect(codeBlocks(russian)).toEqual(codeBlocks(english));
  });

  test('have the same sections, and name the same calls, settings and codes', () => {
    expect(headingLevels(russian)).toEqual(headingLevels(english));
    const [inEnglish, inRussian] = [codeSpans(english), codeSpans(russian)];
    expect([...inEnglish].filter((span) => !inRussian.has(span) && !IN_RUSSIAN.has(span))).toEqual([]);
    expect([...inRussian].filter((span) => !inEnglish.has(span) && !/[а-яё]/i.test(span))).toEqual([]);
  });

  test('link to each other at their tops', () => {
    const top = (/** @type {string} */ page) => read(page).split('\n').slice(0, 4).join('\n');
    expect(top(english)).toContain('[Русский](');
    expect(top(russian)).toContain('[English](');
  });
});

const BLOCK = /^ *```(\w*)\n(.*?)^ *```$/gms;

/** Without comments, which each language has its own of. @param {string} page */
function codeBlocks(page) {
  return Array.from(read(page).matchAll(BLOCK), ([, language, code = '']) => [
    language,
    code.replaceAll(/(?:^|\s+)(?:#|\/\/) .*$|\/\*\*.*?\*\//gm, ''),
  ]);
}

/** @param {string} page */
const prose = (page) => read(page).replaceAll(BLOCK, '');

/** @param {string} page */
const headingLevels = (page) => Array.from(prose(page).matchAll(/^#+(?= )/gm), ([level]) => level);

/** @param {string} page */
const codeSpans = (page) =>
  new Set(
    Array.from(prose(page).matchAll(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/gs), ([, , span = '']) =>
      span.replaceAll(/\s+/g, ' ').trim(),
    ),
  );

test('the README has the lines that npm start prints', () => {
  const guide = sandboxGuide({ api: 'http://127.0.0.1:3000', control: 'http://127.0.0.1:4480' });
  expect(read('README.md')).toContain(guide.join('\n'));
});

test('.env.example lists exactly the existing settings, with their default values', async () => {
  const { parseSettings, SETTING_NAMES } = await tsImport(
    '../packages/runtime/src/settings/settings.ts',
    import.meta.url,
  );
  const lines = read('.env.example')
    .split('\n')
    .filter((line) => /^[A-Z0-9_]+=/.test(line));
  const example = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(Object.keys(example).toSorted()).toEqual(SETTING_NAMES.toSorted());
  expect(parseSettings(example)).toEqual(parseSettings({}));
});

test('commands of npm in sentences exist, with their options', () => {
  const spans = new Set(
    pages().flatMap((page) => [...codeSpans(page)].filter((span) => span.startsWith('npm run '))),
  );
  const problems = [...spans].filter((span) => {
    const [, script = '', command = ''] = /^npm run (?:-s )?(\S+)(?: -- (.*))?$/.exec(span) ?? [];
    if (!(script in MANIFEST.scripts)) return true;
    if (script !== 'cli' || command.startsWith('-')) return false;
    const words = command.split(' ').filter((word) => /^[a-z]+$/.test(word));
    const { stdout, status } = spawnSync(process.execPath, [CLI, ...words, '--help'], { encoding: 'utf8' });
    const options = command.match(/(?<= )--[a-z-]+/g) ?? [];
    return status !== 0 || options.some((option) => !stdout.includes(option));
  });
  expect(problems).toEqual([]);
});

test('links between pages and to files lead somewhere', () => {
  const broken = pages().flatMap((page) =>
    Array.from(read(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !leads(page, link))
      .map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

function pages() {
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', 'README.ru.md', 'CONTRIBUTING.md', ...inDocs.map((file) => join('docs', file))].filter(
    (file) => file.endsWith('.md'),
  );
}

/**
 * Whether a relative link leads to a file, and its anchor to a heading there.
 * @param {string} page @param {string} link
 */
function leads(page, link) {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor);
}

/** The anchors that a forge makes of a page's headings. @param {string} page */
function anchorsOf(page) {
  const headings = read(page).matchAll(/^#+ (.+)$/gm);
  return new Set(
    Array.from(headings, ([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
