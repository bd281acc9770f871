import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as code from '../../scripts/lib/code.mjs';
import * as own from '../../scripts/lib/node-arguments.mjs';

/** A copy of this repository, and how it starts its processes. */
export interface Checkout {
  root: string;
  nodeArguments: typeof own.nodeArguments;
  nodeEnvironment: typeof own.nodeEnvironment;
}

/** This copy. */
export const THIS_CHECKOUT: Checkout = { root: fileURLToPath(new URL('../..', import.meta.url)), ...own };

/**
 * Opens another copy and builds its code, unless it is built already. Its dependencies must be installed.
 * @param path its top folder.
 */
export async function openCheckout(path: string): Promise<Checkout> {
  const root = resolve(path);
  const load = (name: string) => import(pathToFileURL(join(root, 'scripts', 'lib', name)).href);
  const [{ buildCode }, { nodeArguments, nodeEnvironment }] = await Promise.all([
    load('code.mjs') as Promise<typeof code>,
    load('node-arguments.mjs') as Promise<typeof own>,
  ]);
  await buildCode(new AbortController().signal);
  return { root, nodeArguments, nodeEnvironment };
}
