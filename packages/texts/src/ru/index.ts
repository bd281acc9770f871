import { CLI } from './cli.ts';
import { CONSOLE } from './console.ts';
import { ERRORS } from './errors.ts';

/** The Russian sentence of each English one. */
export const RUSSIAN = { ...ERRORS, ...CONSOLE, ...CLI } as const;

/** An English sentence that has a Russian one. */
export type Template = keyof typeof RUSSIAN;
