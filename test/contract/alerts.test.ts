import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const hasPromtool = await run('promtool', ['--version']).then(
  () => true,
  () => false,
);

describe.skipIf(!hasPromtool)(
  'The alert rules (skipped where there is no promtool, of Debian’s prometheus)',
  () => {
    test('are rules that Prometheus takes', async () => {
      const { stdout } = await run('promtool', ['check', 'rules', 'docs/prometheus/alerts.yml']);
      expect(stdout).toContain('SUCCESS');
    });

    test('alert when they should, and not otherwise', async () => {
      const { stdout, stderr } = await run('promtool', ['test', 'rules', 'docs/prometheus/alerts.test.yml']);
      expect(stdout + stderr).toContain('SUCCESS');
    });
  },
);
