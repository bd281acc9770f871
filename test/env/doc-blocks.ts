import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The code blocks of one language under a heading of a page, in order. @throws if there are none. */
export function docBlocks(page: string, heading: string, language: string): string[] {
  const text = readFileSync(`${ROOT}${page}`, 'utf8');
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const blocks = Array.from(
    own.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')),
    ([, code = '']) => code,
  );
  if (blocks.length === 0) throw new Error(`${page} has no ${language} under ${heading}`);
  return blocks;
}

/** The command lines of a block of a shell, without comments. A line that ends with a backslash goes on. */
export function commandLines(block: string): string[] {
  return block
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
