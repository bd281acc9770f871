import { checkNode, installDependencies } from './lib/dependencies.mjs';
import { redisBinary } from './lib/redis-binary.mjs';
import { ROOT } from './lib/root.mjs';
import { runScript, say } from './lib/say.mjs';

/** Shows that one account's flood wait, or its long line, slows no other. See `--help`. */
await runScript(async () => {
  process.chdir(ROOT);
  checkNode();
  installDependencies();
  process.env['TEST_REDIS_SERVER'] ??= redisBinary();
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import('../test/bench/isolation.ts');
  await main(process.argv.slice(2), say);
});
