import { HELP } from './help.ts';
import { OUTPUT } from './output.ts';

/** Texts of the command line client. Its errors are among the errors. */
export const CLI = { ...HELP, ...OUTPUT } as const;
