import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundle } from './lib/build/bundle.mjs';
import { digestOf } from './lib/build/digest.mjs';
import { ENTRIES } from './lib/build/entries.mjs';
import { ensureBuild } from './lib/code.mjs';
import { nodeArguments } from './lib/node-arguments.mjs';
import { ROOT } from './lib/root.mjs';

/** @type {string} */
let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-code-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a build', () => {
  /** @param {string} text */
  const making = (text) => (/** @type {string} */ into) => {
    writeFileSync(join(into, 'api.mjs'), text);
    return Promise.resolve();
  };
  const current = () => readFileSync(join(directory, 'current', 'api.mjs'), 'utf8');

  test('is made once for the same sources, and again for changed ones', async () => {
    const first = await ensureBuild(directory, 'one', making('1'));
    expect(await ensureBuild(directory, 'one', making('never'))).toBe(first);
    expect(current()).toBe('1');
    await ensureBuild(directory, 'two', making('2'));
    expect(current()).toBe('2');
    expect(readFileSync(join(first, 'api.mjs'), 'utf8')).toBe('1');
    await ensureBuild(directory, 'one', making('never'));
    expect(current()).toBe('1');
  });

  test('that two processes make at the same time is complete and the same for both', async () => {
    let begun = 0;
    const both = ['1', '2'].map((text) =>
      ensureBuild(directory, 'same', async (into) => {
        begun += 1;
        await making(text)(into);
        await expect.poll(() => begun).toBe(2);
      }),
    );
    expect(new Set(await Promise.all(both)).size).toBe(1);
    expect(current()).toMatch(/^[12]$/);
    expect(readdirSync(directory).sort()).toEqual(['current', 'same']);
  });

  test('that fails or is stopped leaves no files that could be run', async () => {
    const failing = ensureBuild(directory, 'bad', async (into) => {
      await making('half')(into);
      throw new Error('no space left');
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(readdirSync(directory)).toEqual([]);
  });

  test('stays for processes that run it; only old builds beyond the last few are removed', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await ensureBuild(directory, name, making(name));
    expect(readdirSync(directory)).toHaveLength(7);
    for (const name of ['a', 'b']) utimesSync(join(directory, name), 1, 1);
    await ensureBuild(directory, 'g', making('g'));
    expect(readdirSync(directory).sort()).toEqual(['c', 'current', 'd', 'e', 'f', 'g']);
  });
});

test('the digest of sources changes with their contents, names and number, and ignores excluded files', () => {
  mkdirSync(join(directory, 'src'));
  const file = join(directory, 'src', 'a.ts');
  writeFileSync(file, '1');
  const digest = () =>
    digestOf(['src', 'nowhere'], { root: directory, isLeftOut: (path) => path.endsWith('.test.ts') });
  const seen = [digest()];
  writeFileSync(file, '2');
  seen.push(digest());
  writeFileSync(join(directory, 'src', 'b.ts'), '');
  seen.push(digest());
  rmSync(file);
  writeFileSync(join(directory, 'src', 'c.ts'), '2');
  seen.push(digest());
  expect(new Set(seen).size).toBe(4);
  writeFileSync(join(directory, 'src', 'c.test.ts'), '');
  expect(digest()).toBe(seen.at(-1));
});

describe('built code', () => {
  /** The output of a process that imports a built file. @param {string} source @param {string} script */
  async function printed(source, script, env = {}) {
    const command = nodeArguments(source);
    const file = JSON.stringify(join(ROOT, command.at(-1) ?? ''));
    const args = [...command.slice(0, -1), '--input-type=module', '--eval', script.replace('FILE', file)];
    const { PATH } = process.env;
    const run = promisify(execFile)(process.execPath, args, { cwd: ROOT, env: { PATH, ...env } });
    const { stdout } = await run.catch((/** @type {{ stdout: string }} */ ended) => ended);
    return stdout;
  }

  test('names the TypeScript source in its stack traces', async () => {
    const script = `import(FILE).then(({ parseSettings }) => {
      try { parseSettings({ PORT: 'x' }); } catch (error) { console.log(error.stack); }
    });`;
    const stack = await printed('packages/runtime/src/settings/settings.ts', script);
    expect(stack).toContain(`${join(ROOT, 'packages', 'runtime', 'src', 'settings', 'settings.ts')}:`);
  });

  test("of the worker replaces GramJS's arithmetic before GramJS loads it", async () => {
    const script = `import { createRequire } from 'node:module';
      const require = createRequire(${JSON.stringify(join(ROOT, 'packages', 'telegram', 'src', 'x.ts'))});
      process.once('exit', () => {
        const loaded = Object.keys(require.cache);
        console.log(JSON.stringify({
          first: loaded.indexOf(require.resolve('telegram/Helpers.js')),
          then: loaded.indexOf(require.resolve('telegram/tl/api.js')),
          modExp: require('telegram/Helpers.js').modExp.toString(),
        }));
      });
      await import(FILE);`;
    // With a bad setting the process ends once it is loaded.
    const lines = (await printed('apps/worker/src/main.ts', script, { TELEGRAM_API_ID: '1' }))
      .trim()
      .split('\n');
    const { first, then, modExp } = JSON.parse(lines.at(-1) ?? '');
    expect(first).toBeGreaterThanOrEqual(0);
    expect(then).toBeGreaterThan(first);
    expect(modExp).toContain('power(nativeOf(base)');
  });

  test('stops at once when its start is stopped', async () => {
    const stop = new AbortController();
    const building = bundle(ENTRIES, directory, directory, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(building).rejects.toThrow('stopped');
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is complete: all processes, and all files that they load by name', () => {
    for (const name of ['api', 'worker', 'sandbox', 'cli', 'thread-host', 'format-thread', 'sqlite-thread'])
      expect(existsSync(join(ROOT, 'dist', 'current', `${name}.mjs`)), name).toBe(true);
  });
});
