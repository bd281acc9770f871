import type { BrowserContextOptions } from 'playwright-core';
import type { ConsolePage } from '../env/console.ts';
import type { Stack } from '../env/stack.ts';

/** Bob's phone, by which Alice knows him. */
export const BOB = '+9996628302';

/** The running product. Private addresses are allowed for webhooks. */
export interface RunningConsole {
  stack: () => Stack;
  /** The Telegram ids of two accounts that are signed in under these names, and know each other. */
  alice: () => number;
  bob: () => number;
  /** Opens a page for the running test. */
  open: (path?: string, options?: BrowserContextOptions) => Promise<ConsolePage>;
}
