import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../root.mjs';
import { bundle } from './bundle.mjs';
import { writeDeclarations } from './declarations.mjs';
import { ENTRIES } from './entries.mjs';

const NODE = '>=20.19';

/**
 * Writes the packages that users install, ready for `npm pack` and `npm publish`.
 * @param {string} directory output folder, absolute; each package is a folder in it
 * @param {AbortSignal} signal
 * @returns {Promise<{ client: string, cli: string }>} the packages' folders
 */
export async function writePackages(directory, signal) {
  const folders = { client: join(directory, 'client'), cli: join(directory, 'cli') };
  for (const folder of Object.values(folders)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  }
  await writeClient(folders.client, signal);
  await writeCli(folders.cli, signal);
  return folders;
}

/** One file without imports, and its types. @param {string} folder @param {AbortSignal} signal */
async function writeClient(folder, signal) {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['packages/client/src/index.ts'],
    outfile: join(folder, 'index.js'),
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  await writeDeclarations('client', join(folder, 'types'), signal);
  copyFileSync(join(ROOT, 'packages', 'client', 'README.md'), join(folder, 'README.md'));
  writeManifest(folder, {
    name: '@telegram-user-gateway/client',
    description: 'Client of the unofficial Telegram User API gateway, for Node and browsers',
    exports: { '.': { types: './types/client/index.d.ts', default: './index.js' } },
    types: './types/client/index.d.ts',
    files: ['index.js', 'types'],
    sideEffects: false,
    // For the types alone: the code imports nothing.
    dependencies: { zod: installedVersion('packages/contracts', 'zod') },
  });
}

/**
 * The program with its libraries, but sql.js, which loads a file of its own.
 * @param {string} folder @param {AbortSignal} signal
 */
async function writeCli(folder, signal) {
  const names = ['cli.mjs', 'thread-host.mjs', 'sqlite-thread.mjs'];
  const entries = Object.fromEntries(names.map((name) => [name, ENTRIES[name] ?? '']));
  await bundle(entries, join(folder, 'dist'), null, signal);
  const program =
    "#!/usr/bin/env node\nimport { runInTerminal } from './dist/cli.mjs';\n\nawait runInTerminal();\n";
  writeFileSync(join(folder, 'telegram-gateway.mjs'), program, { mode: 0o755 });
  copyFileSync(join(ROOT, 'apps', 'cli', 'README.md'), join(folder, 'README.md'));
  writeManifest(folder, {
    name: '@telegram-user-gateway/cli',
    description:
      'Sends Telegram messages as a user from a terminal, through the unofficial Telegram User API gateway',
    bin: { 'telegram-gateway': 'telegram-gateway.mjs' },
    files: ['telegram-gateway.mjs', 'dist/*.mjs'],
    dependencies: { 'sql.js': installedVersion('packages/session-formats', 'sql.js') },
  });
}

/** @param {string} folder @param {Record<string, unknown> & { name: string }} fields */
function writeManifest(folder, { name, ...fields }) {
  const { version, license } = readJson('package.json');
  const manifest = { name, version, license, type: 'module', engines: { node: NODE }, ...fields };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** @param {string} dependent @param {string} name @returns {string} */
function installedVersion(dependent, name) {
  return readJson(join(dependent, 'node_modules', name, 'package.json')).version;
}

/** @param {string} file @returns {{ version: string, license: string }} */
function readJson(file) {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
}
