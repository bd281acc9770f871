import { runTool } from './lib/tool.mjs';

/** Measures whether one account's flood wait or long queue slows down the others. See `--help`. */
await runTool(() => import('../test/bench/isolation.ts'));
