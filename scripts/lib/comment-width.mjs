import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

const MAX_COLUMNS = 120;

const SKIPPED = new Set(['node_modules', 'dist', 'data', 'fixtures']);

/** Path → number of comment lines that were too long before this check existed. */
const LIST = join(ROOT, 'scripts/lib/long-comments.json');

/**
 * Finds comments over 120 columns. A file may have as many such lines as the list allows.
 * @returns {string[]} the faults, one line each
 */
export function checkCommentWidth() {
  const allowed = readList();
  return longComments().flatMap(([file, lines]) => {
    const most = allowed[file] ?? 0;
    if (lines.length <= most) return [];
    const exempt = most === 0 ? '' : `; ${most} of them are older and may stay`;
    return [`${file}, lines ${lines.join(', ')}: over ${MAX_COLUMNS} columns${exempt}`];
  });
}

/** Removes reworded comments from the list. The list never grows. @returns {number} lines left */
export function shrinkList() {
  const allowed = readList();
  /** @type {Record<string, number>} */
  const left = {};
  for (const [file, lines] of longComments()) {
    const most = Math.min(lines.length, allowed[file] ?? 0);
    if (most > 0) left[file] = most;
  }
  writeFileSync(LIST, `${JSON.stringify(left, null, 2)}\n`);
  return Object.values(left).reduce((sum, count) => sum + count, 0);
}

/** @returns {Record<string, number>} */
function readList() {
  return JSON.parse(readFileSync(LIST, 'utf8'));
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
