import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';

/**
 * The digest of the contents and names of files. A path that does not exist counts as no file.
 * @param {readonly string[]} paths files and folders
 * @param {object} [options]
 * @param {(path: string) => boolean} [options.isLeftOut] whether to ignore a file in one of the folders
 * @param {string} [options.root] the base of the paths
 */
export function digestOf(paths, { isLeftOut = () => false, root = ROOT } = {}) {
  const hash = createHash('sha256');
  const files = paths.flatMap((path) => filesOf(root, path)).filter((path) => !isLeftOut(path));
  for (const path of files) {
    const contents = readFileSync(join(root, path));
    hash.update(`${path}\0${contents.length}\0`).update(contents);
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} path @returns {string[]} in the same order on every machine */
function filesOf(root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
