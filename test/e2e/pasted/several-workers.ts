import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { commandLines, docBlocks } from '../../env/doc-blocks.ts';
import { paste } from '../../env/pasting.ts';
import type { Stack } from '../../env/stack.ts';

/** docs/recipes.md, "Several workers": by npm, beside the processes of the stack. */
export const severalWorkers = (product: () => { stack: Stack }) => {
  let stack: Stack;
  beforeAll(() => {
    ({ stack } = product());
  });

  test('npm starts another worker and another API on the same Redis', async () => {
    const [share = '', worker = '', api = ''] = commandLines(
      docBlocks('docs/recipes.md', 'Several workers', 'sh').at(-1) ?? '',
    );
    const exported = share
      .replace('redis://:password@redis.internal:6379', stack.redis.url)
      .replace('TELEGRAM_API_ID=…', 'TELEGRAM_API_ID=1')
      .replace('TELEGRAM_API_HASH=…', 'TELEGRAM_API_HASH=0123456789abcdef0123456789abcdef')
      .replace('$(cat key)', await readFile(join(stack.dataDir, 'session_encryption.key'), 'utf8'));
    expect(exported).not.toContain('…');
    const port = String(await freePort());
    const env = { ...(await stack.telegramSettings()), DATA_DIR: stack.dataDir, SHARDS: '4', PORT: port };
    const started = await Promise.all(
      [worker, api].map((line) => paste(stack, `${exported}\n${line}`, { env })),
    );
    for (const { kill } of started) onTestFinished(kill);
    const output = () => started.map((each) => each.output() + each.errors()).join('\n');
    await expect.poll(output, { timeout: 60_000 }).toMatch(/serving \d of 4 shards, 2 workers live/);
    const isReady = () => fetch(`http://127.0.0.1:${port}/readyz`).then(({ status }) => status, String);
    await expect.poll(isReady, { timeout: 60_000 }).toBe(200);
  });
};
