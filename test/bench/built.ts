import { join } from 'node:path';
import { bundle } from '../../scripts/lib/build/bundle.mjs';
import { ROOT } from '../../scripts/lib/root.mjs';

const FOLDER = join('dist', 'bench');

/** mtcute is not bundled, because it loads WebAssembly from its own folder. */
const ENTRIES = {
  'handler.mjs': 'test/bench/bare/handler.ts',
  'gramjs.mjs': 'test/bench/bare/gramjs.ts',
  'ours.mjs': 'test/bench/ours.ts',
  'event-consumer.mjs': 'test/bench/event-consumer.ts',
};

let built: Promise<void> | undefined;

/** Builds the compared programs in the same way as the product, so that loading TypeScript affects neither. */
export async function buildBench(): Promise<void> {
  const folder = join(ROOT, FOLDER);
  built ??= bundle(ENTRIES, folder, folder, new AbortController().signal);
  await built;
}

/** The file to start for a source. */
export function builtBench(source: string): string {
  const name = Object.entries(ENTRIES).find(([, entry]) => entry === source)?.[0];
  return name === undefined ? source : join(FOLDER, name);
}
