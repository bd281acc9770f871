import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build, stop } from 'esbuild';
import { ROOT } from '../root.mjs';
import { builtName } from './entries.mjs';

/**
 * Packages that stay outside the bundles. `packages/telegram` replaces functions in GramJS's files (native-math.ts) and
 * must use the same `big-integer` for its numbers. sql.js loads its WebAssembly from its own folder.
 */
const EXTERNAL = /^(telegram|big-integer|sql\.js)(\/|$)/;
/** Loaded only in threads of tests and of development (thread-host.mjs). */
const DEVELOPMENT = /^tsx\//;

/** The package that contains a source file. */
const PACKAGE = /^(.*\/(?:apps|packages)\/[^/]+|.*\/test)\/(?!.*node_modules)/;

/** An empty source map. With it, esbuild leaves the dependency's lines out of the bundle's source map. */
const NO_MAP = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64');

/** CommonJS dependencies use it to load Node's modules. */
const REQUIRE = [
  "import { createRequire as createBundleRequire } from 'node:module';",
  'const require = createBundleRequire(import.meta.url);',
].join('\n');

/**
 * Bundles sources with their dependencies: one file per entry, and chunks for shared code.
 * @param {Record<string, string>} entries sources by the names of their output files
 * @param {string} directory output folder, absolute
 * @param {string | null} runsIn folder at run time, absolute: a build is renamed once it is complete. `null`: anywhere,
 * as a package whose dependencies are the external packages
 * @param {AbortSignal} signal stops the build at once
 */
export async function bundle(entries, directory, runsIn, signal) {
  signal.throwIfAborted();
  const built = build({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(entries).map(([name, source]) => ({ in: source, out: name.slice(0, -4) })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: 'linked',
    sourcesContent: false,
    banner: { js: REQUIRE },
    plugins: [externalPackages(runsIn), sourceLocations(runsIn), ownLinesOnly],
    logLevel: 'silent',
  });
  /** @type {(reason: unknown) => void} */
  let reject = () => {};
  const aborted = new Promise((_resolve, rejectIt) => (reject = rejectIt));
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    await Promise.race([built, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    // Ends esbuild's own process. A build in progress would never settle.
    await stop();
  }
}

/**
 * Loads external packages from the `node_modules` of the importing package, in the order of the imports. With plain
 * `import` in the bundle, all of them would be loaded first.
 * @param {string | null} runsIn @returns {import('esbuild').Plugin}
 */
function externalPackages(runsIn) {
  return {
    name: 'outside',
    setup(build) {
      build.onResolve({ filter: DEVELOPMENT }, ({ path }) => ({ path, external: true }));
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
        if (kind !== 'dynamic-import' || path.startsWith('@gateway/') || !PACKAGE.test(importer)) return null;
        return {
          errors: [{ text: `import() of ${path} provides no names: import() a module that imports it` }],
        };
      });
      build.onResolve({ filter: EXTERNAL }, ({ path, importer }) => {
        const home = PACKAGE.exec(importer)?.[1];
        if (home === undefined) return null;
        if (runsIn === null) return { path, external: true };
        return { path: relative(runsIn, join(home, 'node_modules', path)), namespace: 'outside' };
      });
      build.onLoad({ filter: /.*/, namespace: 'outside' }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
      }));
      build.onResolve({ filter: /.*/, namespace: 'outside' }, ({ path }) => ({ path, external: true }));
    },
  };
}

/**
 * Makes `createRequire(import.meta.url)` look for packages from the source's folder. `new URL(…, import.meta.url)` must
 * name a source that the build has a file for.
 * @param {string | null} runsIn @returns {import('esbuild').Plugin}
 */
function sourceLocations(runsIn) {
  return {
    name: 'locations',
    setup(build) {
      build.onLoad({ filter: /\/(apps|packages)\/[^/]+\/src\/.*\.(ts|mjs)$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes('import.meta')) return null;
        const here = JSON.stringify(relative(runsIn ?? dirname(path), path));
        const contents = text
          .replaceAll('createRequire(import.meta.url)', `createRequire(new URL(${here}, import.meta.url))`)
          .replaceAll(/new URL\('([^']+)', import\.meta\.url\)/g, (_all, name) => {
            const built = builtName(relative(ROOT, resolve(dirname(path), name)));
            if (built === undefined) throw new Error(`${name} must be in scripts/lib/build/entries.mjs`);
            return `new URL('${built}', import.meta.url)`;
          });
        return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
      });
    },
  };
}

/** @type {import('esbuild').Plugin} */
const ownLinesOnly = {
  name: 'own-lines-only',
  setup(build) {
    build.onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${NO_MAP}\n`,
    }));
  },
};
