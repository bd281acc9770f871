import { CLI } from './cli/index.ts';
import { CONSOLE } from './console.ts';

/** The Russian sentence of each English one. Those of errors are apart: no page of the console needs them. */
export const RUSSIAN = { ...CONSOLE, ...CLI } as const;

/** An English sentence that has a Russian one. */
export type Template = keyof typeof RUSSIAN;
