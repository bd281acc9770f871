import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '@gateway/runtime';
import { FileServer } from '../env/file-server.ts';
import { Fleet } from '../env/fleet.ts';
import { examine, verdictOf } from './examine.ts';
import { withdrawLost } from './failovers.ts';
import { FaultRunner } from './fault-runner.ts';
import type { Scene } from './faults.ts';
import type { Ledger } from './ledger.ts';
import { Load } from './load.ts';
import { Random } from './random.ts';
import { ReceivingRun } from './receiving/receiving-run.ts';
import type { Findings } from './report.ts';
import { Roles } from './roles.ts';
import { settle } from './settle.ts';
import { stallsOf } from './stalls.ts';
import { createWorld, type World } from './world.ts';

export interface ChaosOptions {
  /** An integer. Faults and load are drawn from it. */
  seed: number;
  /** How long load and faults go on, without the time to start, settle and judge. */
  length: ChaosLength;
  accounts: number;
  workers: number;
  apis: number;
  /** Messages per second, over all accounts. */
  rate: number;
  /** What friends write, edit and delete per second, over all chats. 0: the accounts do not receive. */
  incoming: number;
  /** Average seconds between the starts of two faults. */
  gap: number;
  /** UTF-16 units of the longest texts. */
  longest: number;
  fsync: 'always' | 'everysec';
  redis: 'server' | 'cluster' | 'sentinel';
  say: (line: string) => void;
  /** Ends the run: it throws the signal's reason once everything is closed. */
  signal?: AbortSignal;
}

/**
 * A number of seconds; or until each kind of fault has happened `rounds` times and `messages` were accepted, for
 * `LONGEST` seconds at most.
 */
type ChaosLength = { seconds: number } | { rounds: number; messages: number };

/** Seconds after which a counted run gives up. Its findings then show what is missing. */
const LONGEST = 240;

export interface ChaosRun {
  findings: Findings;
  /** Contains data and logs until {@link discard}. */
  directory: string;
  discard: () => Promise<void>;
}

/** All events are kept until the end. Private addresses get webhooks. */
const SETTINGS = {
  EVENTS_MAX: '1000000',
  EVENTS_MAX_BYTES: '1000000000',
  WEBHOOK_ALLOW_PRIVATE: 'true',
  MEDIA_ALLOW_PRIVATE: 'true',
};

/** ms between checks of the number of accepted messages. */
const POLL_MS = 100;

/** Missing messages that are named before the verdict, at most. */
const MISSING_SHOWN = 5;

/** s between lines about the progress. */
const PROGRESS = 15;

/**
 * Posts messages from many accounts through several APIs and workers while everything fails at times, then examines the
 * result.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosRun> {
  const begun = performance.now();
  const say = (line: string) =>
    options.say(`${((performance.now() - begun) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  const fleet = await Fleet.start({ ...options, settings: SETTINGS });
  try {
    say(`${options.workers} workers and ${options.apis} APIs are up; data and logs: ${fleet.directory}`);
    const world = await createWorld(fleet, options.accounts, say);
    say(`${world.accounts.length} accounts are signed in, with ${world.chats.length} chats`);
    const findings = await runIn(fleet, world, { ...options, say });
    await fleet.close();
    return { findings, directory: fleet.directory, discard: () => fleet.discard() };
  } catch (error) {
    await fleet.close();
    if (options.signal?.aborted === true) await fleet.discard();
    throw error;
  }
}

async function runIn(fleet: Fleet, world: World, options: ChaosOptions): Promise<Findings> {
  const random = new Random(options.seed);
  const { incoming: rate, redis } = options;
  const isRead = redis === 'server';
  const mayLoseStore = redis !== 'server' || options.fsync === 'everysec';
  const receivingOptions = { fleet, world, rate, isRead, mayLoseStore, random: random.fork() };
  const receiving = rate > 0 ? await ReceivingRun.begin(receivingOptions) : null;
  try {
    return await disturb(fleet, world, options, { random, receiving });
  } finally {
    await receiving?.close();
  }
}

async function disturb(
  fleet: Fleet,
  world: World,
  options: ChaosOptions,
  { random, receiving }: { random: Random; receiving: ReceivingRun | null },
): Promise<Findings> {
  const { seed, length, rate, longest, gap, say, signal } = options;
  using server = await FileServer.start();
  const mayLoseUploads = options.redis !== 'server';
  const { urls } = fleet;
  const load = new Load({ world, urls, rate, longest, server, mayLoseUploads, random: random.fork() });
  const scene: Scene = {
    fleet,
    world,
    roles: new Roles(fleet),
    flooded: new Set(),
    gapsCaused: new Set(),
    forcedStops: [],
    failovers: [],
    say,
  };
  const faults = new FaultRunner(scene, { random: random.fork(), gapMs: gap * 1_000 });

  // Not `AbortSignal.timeout` and `any`: Node 20 may collect them as garbage while they are awaited.
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), ('seconds' in length ? length.seconds : LONGEST) * 1_000);
  const interrupt = () => {
    over.abort();
    load.giveUp();
  };
  signal?.addEventListener('abort', interrupt);
  const begun = performance.now();
  const loading = load.run(over.signal).then(() => (performance.now() - begun) / 1_000);
  let loaded: number;
  try {
    [loaded] = await Promise.all([
      loading,
      'rounds' in length ? runCounted(faults, load, length, over) : faults.run(over.signal),
      sayProgress(fleet, load, say, over.signal),
      receiving?.run(over.signal),
    ]);
    // Ctrl-C reaches all processes of a terminal, so there is nothing left to judge.
    signal?.throwIfAborted();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
    interrupt();
    await loading;
  }

  const { ledger } = load;
  say(
    `no more messages: ${ledger.accepted.length} sends and ${changesIn(ledger)} changes were accepted; waiting until all are there`,
  );
  // It may have been killed just before.
  await fleet.sandbox.ready;
  await fleet.control.clearFaults();
  const lostInFailover = await withdrawLost(fleet, ledger, scene.failovers);
  const missing = await settle(fleet, ledger);
  for (const line of missing.slice(0, MISSING_SHOWN)) say(`missing: ${line}`);
  say(`${missing.length === 0 ? 'all are there' : 'some are missing'}; asking for jobs and accounts`);
  const self = await examine(fleet, world, ledger);
  const verdict = await verdictOf(fleet, world, ledger);
  say('comparing the events with what was delivered');
  const received = (await receiving?.finish(ledger, scene.gapsCaused)) ?? null;
  const { duplicated, early } = await fleet.control.counters();
  const floodedChats = world.chats
    .filter(({ account }) => scene.flooded.has(account.userId))
    .map(({ name }) => name);
  return {
    seed,
    verdict,
    self,
    receiving: received,
    ledger,
    duplicated,
    early,
    crashes: fleet.crashes,
    forcedStops: scene.forcedStops,
    faults: faults.counts,
    lostInFailover,
    stalls: stallsOf(ledger.accepted, verdict.sends.arrivals, new Set(floodedChats)),
    takeOvers: await countTakeOvers(fleet),
    seconds: loaded,
  };
}

function changesIn({ edits, actions, states, reads, presses, memberships }: Ledger): number {
  const kinds = [edits, actions, states, reads, presses, memberships];
  return kinds.reduce((sum, { accepted }) => sum + accepted.length, 0);
}

/** Ends the run with `over` after enough faults and messages. */
async function runCounted(
  faults: FaultRunner,
  load: Load,
  { rounds, messages }: { rounds: number; messages: number },
  over: AbortController,
): Promise<void> {
  await faults.run(over.signal, rounds);
  while (load.ledger.accepted.length < messages && (await sleep(POLL_MS, over.signal)) === 'elapsed');
  over.abort();
}

async function sayProgress(
  fleet: Fleet,
  load: Load,
  say: ChaosOptions['say'],
  signal: AbortSignal,
): Promise<void> {
  while ((await sleep(PROGRESS * 1_000, signal)) === 'elapsed') {
    const arrived = await fleet.control.counters().then(
      ({ messages }) => `${messages} messages are there`,
      () => 'the sandbox is away',
    );
    say(`${load.ledger.accepted.length} accepted, ${arrived}`);
  }
}

/** Counted in the workers' logs. */
async function countTakeOvers({ directory, workers }: Fleet): Promise<number> {
  const logs = workers.map(({ name }) => readFile(join(directory, 'logs', `${name}.log`), 'utf8'));
  return (await Promise.all(logs)).reduce((sum, log) => sum + log.split('took over jobs').length - 1, 0);
}
