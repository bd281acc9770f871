import { runTool } from './lib/tool.mjs';

/** Benchmarks the product against the bare libraries. See `--help`. */
await runTool(() => import('../test/bench/main.ts'));
