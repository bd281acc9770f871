import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

export interface ConsoleFile {
  body: Uint8Array<ArrayBuffer>;
  type: string;
}

/**
 * Reads the console's built files, keyed by path such as `assets/index-….js`. `null`: the console has not been built.
 */
export function readConsoleFiles(): ReadonlyMap<string, ConsoleFile> | null {
  const root = join(dirname(createRequire(import.meta.url).resolve('@gateway/console/package.json')), 'dist');
  if (!existsSync(join(root, 'index.html'))) return null;
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined,
  );
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(root.length + 1).replaceAll('\\', '/');
      return [name, { body: new Uint8Array(readFileSync(path)), type: TYPES[extname(entry.name)] ?? '' }];
    }),
  );
}
