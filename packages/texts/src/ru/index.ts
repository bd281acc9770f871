import { CLI } from './cli/index.ts';
import { CONSOLE } from './console.ts';
import { ERRORS } from './errors/index.ts';

/** The Russian sentence of each English one. */
export const RUSSIAN = { ...ERRORS, ...CONSOLE, ...CLI } as const;

/** An English sentence that has a Russian one. */
export type Template = keyof typeof RUSSIAN;
