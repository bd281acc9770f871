import type { SelfReport, Verdicts } from './examine.ts';
import { nameOfAction } from './judge-actions.ts';
import { nameOfEdit } from './judge-edits.ts';
import { nameOfMembership } from './judge-members.ts';
import { nameOfPress } from './judge-presses.ts';
import { nameOfRead } from './judge-reads.ts';
import { nameOfState } from './judge-states.ts';
import { nameOf } from './judge.ts';
import type { Changes, Ledger } from './ledger.ts';
import type { ReceivingFindings } from './receiving/receiving-run.ts';
import { receivingFaults, receivingRows } from './receiving/report-receiving.ts';

/** All results of a run. */
export interface Findings {
  seed: number;
  verdict: Verdicts;
  self: SelfReport;
  /** `null`: the accounts did not receive. */
  receiving: ReceivingFindings | null;
  ledger: Ledger;
  /** Sign-ins that the sandbox ended because two connections used them at the same time. */
  duplicated: number;
  crashes: readonly string[];
  forcedStops: readonly string[];
  faults: ReadonlyMap<string, number>;
  /** Accepted sends and edits that Redis had not replicated before a primary failed, one line each. */
  lostInFailover: readonly string[];
  stalls: Stalls;
  /**
   * Calls before a wait was over, since the sandbox last started. A worker that is killed may not have saved the wait.
   */
  early: number;
  /** Times that a worker took over active jobs of another. */
  takeOvers: number;
  /** Seconds during which messages were posted. */
  seconds: number;
}

/** ms from a message's acceptance to its arrival. */
export interface Stalls {
  longest: number;
  /** Of messages whose account had no flood wait. */
  longestUnflooded: number;
  p50: number;
  p99: number;
}

/** Lines of evidence printed per fault. */
const EVIDENCE = 5;

/** Faults by name, with the evidence. */
export function faultsFound({ verdict, self, ledger, ...rest }: Findings): Map<string, readonly string[]> {
  const { sends, edits, actions, states, reads, presses, memberships } = verdict;
  return new Map<string, readonly string[]>([
    ['lost', sends.lost],
    ['doubled', sends.doubled],
    ['out of order', sends.outOfOrder],
    ['damaged', sends.damaged],
    ['sent, but not accepted for any caller', sends.unaccepted],
    ['wrong message ids', sends.wrongIds],
    ['edits lost, or undone by an earlier one', edits.lost],
    ['wrong texts of edits', edits.wrong],
    ['forwards and deletes lost, doubled or not asked for', actions],
    ['reactions, pins and files that are not the last ones asked for', states],
    ['reads lost', reads],
    ['presses lost, doubled or not asked for', presses],
    ['members that should be none, or none that should be one', memberships],
    ['downloads of other bytes, or refused', ledger.wrongDownloads],
    ...receivingFaults(rest.receiving),
    ['refused', ledger.refused],
    [
      'never accepted',
      [
        ...ledger.undecided.map(nameOf),
        ...ledger.edits.undecided.map(nameOfEdit),
        ...ledger.actions.undecided.map(nameOfAction),
        ...ledger.states.undecided.map(nameOfState),
        ...ledger.reads.undecided.map(nameOfRead),
        ...ledger.presses.undecided.map(nameOfPress),
        ...ledger.memberships.undecided.map(nameOfMembership),
      ],
    ],
    ['two jobs under one key', ledger.splitKeys],
    [
      'two connections of one account',
      Array.from({ length: rest.duplicated }, () => 'see the sandbox: GET /state'),
    ],
    ['jobs stuck', self.stuckJobs],
    ['jobs failed', self.failedJobs],
    ['accounts not ready', self.unwellAccounts],
    ['processes that ended by themselves', rest.crashes],
    ['stops that needed SIGKILL', rest.forcedStops],
  ]);
}

export function isClean(findings: Findings): boolean {
  return [...faultsFound(findings).values()].every((lines) => lines.length === 0);
}

/** The final table, followed by evidence for each fault that is not 0. */
export function report(findings: Findings): string {
  const { seed, ledger, faults, stalls, early, takeOvers, seconds } = findings;
  const found = [...faultsFound(findings)];
  const rows: [string, string][] = [
    ['must be 0', ''],
    ...found.map(([name, lines]): [string, string] => [`  ${name}`, String(lines.length)]),
    ['faults', String([...faults.values()].reduce((sum, count) => sum + count, 0))],
    ...[...faults].map(([name, count]): [string, string] => [`  ${name}`, String(count)]),
    ['messages accepted', String(ledger.accepted.length)],
    ['  a second', (ledger.accepted.length / seconds).toFixed(1)],
    ['  with files', String(ledger.accepted.filter(({ files }) => files !== undefined).length)],
    ['forwards and deletes accepted', String(ledger.actions.accepted.length)],
    ['reactions, pins and replaced files accepted', String(ledger.states.accepted.length)],
    ['reads accepted', String(ledger.reads.accepted.length)],
    ['presses accepted', String(ledger.presses.accepted.length)],
    ['  that ended with an unknown outcome', String(unknownIn(ledger.presses))],
    ['joins and leaves accepted', String(ledger.memberships.accepted.length)],
    ['files downloaded', String(ledger.downloads)],
    ['edits accepted', String(ledger.edits.accepted.length)],
    ['  that ended with an unknown outcome', String(findings.verdict.edits.unknown.length)],
    ['accepted, and lost by the replication of Redis', String(findings.lostInFailover.length)],
    ...receivingRows(findings.receiving),
    ['from acceptance to arrival', ''],
    ['  p50, p99', `${inSeconds(stalls.p50)}, ${inSeconds(stalls.p99)}`],
    ['  longest', inSeconds(stalls.longest)],
    ['  longest of accounts without a flood wait', inSeconds(stalls.longestUnflooded)],
    ['calls before a wait was over', String(early)],
    ['take-overs of accounts with active jobs', String(takeOvers)],
    ['seed', String(seed)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const evidence = found
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([name, lines]) => [
      '',
      `${name}:`,
      ...lines.slice(0, EVIDENCE).map((line) => `  ${line}`),
      ...more(lines),
    ]);
  return [...rows.map(([name, value]) => `${name.padEnd(width)}${value}`.trimEnd()), ...evidence].join('\n');
}

function unknownIn<P>({ accepted }: Changes<P>): number {
  return accepted.filter(({ end }) => end === 'unknown').length;
}

function more(lines: readonly string[]): string[] {
  return lines.length > EVIDENCE ? [`  … and ${lines.length - EVIDENCE} more`] : [];
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
