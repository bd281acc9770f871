import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { runCommand } from '../command.mjs';
import { ROOT } from '../root.mjs';
import { Stop } from '../say.mjs';

const SPECIFIER = /((?:from|import)\s*\(?\s*['"])([^'"]+)(['"])/g;

/**
 * Writes the type declarations of a package, and of those packages of the workspace that its types come from.
 * @param {string} name a folder of `packages` with a `tsconfig.types.json`
 * @param {string} directory output folder, absolute; the entry is `<name>/index.d.ts` in it
 * @param {AbortSignal} signal
 */
export async function writeDeclarations(name, directory, signal) {
  const emitted = mkdtempSync(join(tmpdir(), 'gateway-types-'));
  try {
    const project = join('packages', name, 'tsconfig.types.json');
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    const command = [tsc, '--project', project, '--outDir', emitted];
    const { ok, output } = await runCommand(command, { signal, cwd: ROOT });
    if (!ok) throw new Stop(`The types of packages/${name} cannot be written:\n${output}`);
    copyReachable(emitted, directory, name);
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

/**
 * Copies the declarations that a package's index leads to, with relative paths in place of the workspace's names.
 * @param {string} emitted @param {string} directory @param {string} name
 */
function copyReachable(emitted, directory, name) {
  const pending = [`${name}/index`];
  const seen = new Set(pending);
  for (let module = pending.pop(); module !== undefined; module = pending.pop()) {
    const from = module;
    const text = readFileSync(join(emitted, 'packages', sourceOf(module)), 'utf8');
    const written = text.replaceAll(SPECIFIER, (_all, before, specifier, after) => {
      const target = moduleOf(specifier, from);
      if (target === null) return `${before}${specifier}${after}`;
      if (!seen.has(target)) pending.push(target);
      seen.add(target);
      const path = relative(dirname(from), target);
      return `${before}${path.startsWith('.') ? path : `./${path}`}.js${after}`;
    });
    const file = join(directory, `${module}.d.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, written);
  }
}

/**
 * The module, as `<package>/<path>`, that an import leads to; `null` outside the workspace.
 * @param {string} specifier @param {string} from
 */
function moduleOf(specifier, from) {
  if (specifier.startsWith('@gateway/')) return `${specifier.slice('@gateway/'.length)}/index`;
  if (!specifier.startsWith('.')) return null;
  return join(dirname(from), specifier).replace(/\.(ts|js)$/, '');
}

/** @param {string} module */
function sourceOf(module) {
  const [name = '', ...path] = module.split('/');
  return join(name, 'src', `${path.join('/')}.d.ts`);
}
