import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The code blocks of one language under a heading of a page, in order. @throws if there are none. */
export function docBlocks(page: string, heading: string, language: string): string[] {
  const blocks = allDocBlocks(page, language).filter((block) => block.heading === heading);
  if (blocks.length === 0) throw new Error(`${page} has no ${language} under ${heading}`);
  return blocks.map(({ code }) => code);
}

/** The code blocks of one language in a whole page, in order, also in lists. `heading`: the `##` above it, or empty. */
export function allDocBlocks(page: string, language: string): { heading: string; code: string }[] {
  const text = readFileSync(`${ROOT}${page}`, 'utf8');
  const found = text.matchAll(new RegExp(`^## ([^\\n]+)$|^( *)\`\`\`${language}\\n(.*?)^\\2\`\`\``, 'gms'));
  let heading = '';
  return Array.from(found).flatMap(([, title, indent = '', code]) => {
    heading = title ?? heading;
    return code === undefined ? [] : [{ heading, code: code.replaceAll(`\n${indent}`, '\n').trimStart() }];
  });
}

/** The command lines of a block of a shell, without comments. A line that ends with a backslash goes on. */
export function commandLines(block: string): string[] {
  return block
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
