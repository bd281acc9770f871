#!/usr/bin/env node
try {
  const { register } = await import('tsx/esm/api');
  register();
} catch (error) {
  process.stderr.write(
    `Dependencies are missing (${error instanceof Error ? error.message : String(error)}).\n` +
      'Run `npm start` in the gateway once: it installs them.\n',
  );
  process.exit(2);
}

const { runInTerminal } = await import('../src/main.ts');
await runInTerminal();
