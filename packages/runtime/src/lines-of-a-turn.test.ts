import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { linesOfATurn } from './lines-of-a-turn.ts';

test('the lines of one turn are written together, in their order', async () => {
  const written: string[] = [];
  const destination = linesOfATurn({ write: (text) => written.push(text) });
  destination.write('1\n');
  destination.write('2\n');
  await Promise.resolve().then(() => destination.write('3\n'));
  expect(written).toEqual([]);
  await new Promise(setImmediate);
  destination.write('4\n');
  await new Promise(setImmediate);
  expect(written).toEqual(['1\n2\n3\n', '4\n']);
});

test.each(['process.exit()', 'throw new Error()'])('a process that ends by %s owes no line', async (end) => {
  const script = `
    const { createLogger } = await import('./packages/runtime/src/logger.ts');
    createLogger({ name: 'x', level: 'info', format: 'json' }).info('the last line');
    ${end}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch(
    (error: { stdout: string }) => error,
  );
  expect(JSON.parse(stdout)).toMatchObject({ msg: 'the last line' });
});
