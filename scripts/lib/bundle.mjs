import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build, stop } from 'esbuild';
import { builtName } from './entries.mjs';
import { ROOT } from './root.mjs';

/**
 * Not part of a bundle. `packages/telegram` replaces functions in GramJS's own files (native-math.ts) and must make its
 * numbers with the same `big-integer`; sql.js reads its WebAssembly beside itself.
 */
const EXTERNAL = /^(telegram|big-integer|sql\.js)(\/|$)/;
/** Only threads of tests and of development load this (thread-host.mjs). */
const DEVELOPMENT = /^tsx\//;

/** The package that a source belongs to. */
const PACKAGE = /^(.*\/(?:apps|packages)\/[^/]+|.*\/test)\/(?!.*node_modules)/;

/** A source map that maps nothing: esbuild then leaves a dependency's lines out of the bundle's own map. */
const NO_MAP = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64');

/** CommonJS dependencies call it for Node's own modules. */
const REQUIRE = [
  "import { createRequire as createBundleRequire } from 'node:module';",
  'const require = createBundleRequire(import.meta.url);',
].join('\n');

/**
 * Bundles sources with their dependencies: a file for each entry, and chunks for what they share.
 * @param {Record<string, string>} entries sources by the names of their files
 * @param {string} directory where the files go, absolute
 * @param {string} runsIn where they are when they run, absolute: a build is renamed once it is whole
 * @param {AbortSignal} signal ends it at once
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
    plugins: [outside(runsIn), locations(runsIn), ownLinesOnly],
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
    // Ends esbuild's own process. A build that it was at never settles.
    await stop();
  }
}

/**
 * Loads packages that are not bundled from the `node_modules` of the package that imports them, and in the order of the
 * imports: as `import` in the bundle they would all be loaded first.
 * @param {string} runsIn @returns {import('esbuild').Plugin}
 */
function outside(runsIn) {
  return {
    name: 'outside',
    setup(build) {
      build.onResolve({ filter: DEVELOPMENT }, ({ path }) => ({ path, external: true }));
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
        if (kind !== 'dynamic-import' || path.startsWith('@gateway/') || !PACKAGE.test(importer)) return null;
        return {
          errors: [{ text: `import() of ${path} has no names here: import() a module that imports it` }],
        };
      });
      build.onResolve({ filter: EXTERNAL }, ({ path, importer }) => {
        const home = PACKAGE.exec(importer)?.[1];
        if (home === undefined) return null;
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
 * `createRequire(import.meta.url)` goes on looking for packages from where the source stands. `new URL(…, import.meta.url)`
 * must name a source that the build has a file for.
 * @param {string} runsIn @returns {import('esbuild').Plugin}
 */
function locations(runsIn) {
  return {
    name: 'locations',
    setup(build) {
      build.onLoad({ filter: /\/(apps|packages)\/[^/]+\/src\/.*\.(ts|mjs)$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes('import.meta')) return null;
        const here = JSON.stringify(relative(runsIn, path));
        const contents = text
          .replaceAll('createRequire(import.meta.url)', `createRequire(new URL(${here}, import.meta.url))`)
          .replaceAll(/new URL\('([^']+)', import\.meta\.url\)/g, (_all, name) => {
            const built = builtName(relative(ROOT, resolve(dirname(path), name)));
            if (built === undefined) throw new Error(`${name} must be in scripts/lib/entries.mjs`);
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
