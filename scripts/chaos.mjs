import { checkNode, installDependencies } from './lib/dependencies.mjs';
import { redisBinary } from './lib/redis-binary.mjs';
import { ROOT } from './lib/root.mjs';
import { runScript, say } from './lib/say.mjs';

/** Lets everything fail that can, and shows what became of the messages. See `--help`. */
await runScript(async () => {
  process.chdir(ROOT);
  checkNode();
  installDependencies();
  process.env['TEST_REDIS_SERVER'] ??= redisBinary();
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import('../test/chaos/main.ts');
  process.exitCode = await main(process.argv.slice(2), say);
});
