import { runTool } from './lib/tool.mjs';

/** Searches for inputs that take more than linear time. See `--help`. */
await runTool(() => import('../test/bench/slow-inputs.ts'));
