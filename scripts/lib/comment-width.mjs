import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

const MAX_COLUMNS = 120;

const SKIPPED = new Set(['node_modules', 'dist', 'data', 'fixtures']);

/** Finds comments over 120 columns. @returns {string[]} the faults, one line each */
export function checkCommentWidth() {
  return longComments().map(
    ([file, lines]) => `${file}, lines ${lines.join(', ')}: over ${MAX_COLUMNS} columns`,
  );
}

/** @returns {[file: string, lines: number[]][]} line numbers start at 1 */
function longComments() {
  const files = ['packages', 'apps', 'scripts', 'test'].flatMap(sourceFiles);
  return files.flatMap((file) => {
    const lines = longLines(readFileSync(join(ROOT, file), 'utf8'));
    return lines.length === 0 ? [] : [/** @type {[string, number[]]} */ ([file, lines])];
  });
}

/** @param {string} folder @returns {string[]} */
function sourceFiles(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourceFiles(path);
    return /\.(ts|tsx|mjs)$/.test(entry.name) ? [path] : [];
  });
}

/** @param {string} source @returns {number[]} numbers of the lines with a comment that is too long */
export function longLines(source) {
  return source.split('\n').flatMap((line, index) => {
    const isComment = /^\s*(\*|\/\*|\/\/)|\s\/\/\s|\s\/\*\*?\s/.test(line);
    return isComment && Array.from(line).length > MAX_COLUMNS ? [index + 1] : [];
  });
}
