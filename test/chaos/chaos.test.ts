import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allFaultsOf } from './all-faults.ts';
import { runChaos, type ChaosRun } from './chaos.ts';
import { isClean, report, faultsFound } from './report.ts';

/**
 * The short form of `npm run chaos`: each kind of fault once, in the order of this seed, whatever the speed of the
 * machine.
 */
const SHORT = {
  seed: 7,
  length: { rounds: 1, messages: 400 },
  accounts: 8,
  workers: 2,
  apis: 2,
  rate: 40,
  incoming: 10,
  gap: 0.8,
  longest: 9_000,
  fsync: 'always',
  redis: 'server',
} as const;

describe('while workers, APIs, Redis and Telegram fail at random', () => {
  let run: ChaosRun;
  const lines: string[] = [];
  beforeAll(async () => {
    run = await runChaos({ ...SHORT, say: (line) => lines.push(line) });
  }, 480_000);
  afterAll(async () => {
    if (run !== undefined && isClean(run.findings)) await run.discard();
  });

  test('all that is accepted takes effect once and in order, all that arrives is told once and in order, and nothing is stuck', () => {
    const { findings, directory } = run;
    const found = [...faultsFound(findings)].filter(([, evidence]) => evidence.length > 0);
    expect(found, `${lines.join('\n')}\n\n${report(findings)}\n\nlogs: ${directory}`).toEqual([]);
    expect(findings.ledger.accepted.length).toBeGreaterThanOrEqual(SHORT.length.messages);
    const { accepted, edits, actions, states } = findings.ledger;
    // Rarer kinds may be missing in so short a run.
    for (const changes of [edits, actions, states]) expect(changes.accepted).not.toEqual([]);
    expect(accepted.some(({ files = [] }) => files.length > 1)).toBe(true);
    const { receiving } = findings;
    expect(receiving?.incoming).toBeGreaterThan(SHORT.accounts);
    expect(receiving?.caughtUp).toBeGreaterThan(0);
  });

  test('each kind of fault has happened', () => {
    expect([...run.findings.faults].filter(([, count]) => count === 0)).toEqual([]);
    expect([...run.findings.faults.keys()]).toEqual(allFaultsOf('server').map(({ name }) => name));
  });
});
