import { runTool } from './lib/tool.mjs';

/**
 * Makes every part fail at random while messages are sent, and reports lost, doubled and reordered ones. See `--help`.
 */
await runTool(() => import('../test/chaos/main.ts'));
