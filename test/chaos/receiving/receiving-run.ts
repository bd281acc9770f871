import { sleep } from '@gateway/runtime';
import { ApiClient } from '../../env/api-client.ts';
import type { Fleet } from '../../env/fleet.ts';
import { shownText } from '../attachments.ts';
import { nameOf } from '../judge.ts';
import type { Ledger } from '../ledger.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { deliveredTo, type DeliveredMessage } from './delivered.ts';
import { createFriends, type IncomingChat } from './friends.ts';
import { IncomingLoad } from './incoming-load.ts';
import { judgeEvents, noFaults, type EventVerdict } from './judge-events.ts';
import { judgeReader } from './judge-reader.ts';
import { PollReader, StreamReader } from './readers.ts';
import { WebhookReader } from './webhook-reader.ts';

/** Accounts whose events are read during the run, in each way. */
const READ_ACCOUNTS = 3;

/** ms without a new event after which missing ones count as lost, and maximum ms of the whole wait. */
const PATIENCE = { quiet: 45_000, all: 900_000 };
const POLL_MS = 1_000;

/** The results of receiving. */
export interface ReceivingFindings {
  /** Of all accounts. */
  verdict: EventVerdict & { /** Faults of the readers during the run. */ readers: string[] };
  /** Messages that friends wrote. */
  incoming: number;
  events: number;
  caughtUp: number;
  gaps: number;
  /** Events of messages that the gateway sent, and how many of them name the job. */
  sent: number;
  sentWithJob: number;
}

interface RunOptions {
  fleet: Fleet;
  world: World;
  /** What friends do per second. */
  rate: number;
  /**
   * Whether events are read during the run. In a failover Redis may lose events that readers have got already; the
   * gateway then reads them at Telegram again, and they have other numbers.
   */
  isRead: boolean;
  /** Whether Redis may lose events that it has accepted. */
  mayLoseStore: boolean;
  random: Random;
}

interface Judged {
  findings: ReceivingFindings;
  isWhole: boolean;
}

/** All accounts receive, friends write to them, and some events are read while the run goes on. */
export class ReceivingRun {
  readonly #fleet: Fleet;
  readonly #world: World;
  readonly #load: IncomingLoad;
  readonly #chats: readonly IncomingChat[];
  /** The events of each account, read at the end. */
  readonly #logs: readonly PollReader[];
  readonly #readers: readonly (StreamReader | PollReader)[];
  readonly #webhook: WebhookReader | null;
  readonly #members: ReadonlyMap<number, readonly number[]>;
  readonly #mayLoseStore: boolean;
  readonly #over = new AbortController();
  readonly #reading: Promise<unknown>;

  private constructor(
    { fleet, world, rate, isRead, mayLoseStore, random }: RunOptions,
    {
      chats,
      after,
      members,
      webhook,
    }: {
      chats: readonly IncomingChat[];
      after: ReadonlyMap<string, number>;
      members: ReadonlyMap<number, readonly number[]>;
      webhook: WebhookReader | null;
    },
  ) {
    this.#fleet = fleet;
    this.#world = world;
    this.#chats = chats;
    this.#members = members;
    this.#mayLoseStore = mayLoseStore;
    this.#webhook = webhook;
    const { control, urls } = fleet;
    this.#load = new IncomingLoad(chats, { control, rate, random: random.fork() });
    const optionsOf = ({ userId }: { userId: string }) => ({
      userId,
      after: after.get(userId) ?? 0,
      urls,
      random: random.fork(),
    });
    this.#logs = world.accounts.map((account) => new PollReader(optionsOf(account)));
    const readers = isRead ? READ_ACCOUNTS : 0;
    this.#readers = [
      ...world.accounts.slice(0, readers).map((account) => new StreamReader(optionsOf(account))),
      ...world.accounts
        .toReversed()
        .slice(0, readers)
        .map((account) => new PollReader(optionsOf(account))),
    ];
    this.#reading = Promise.all(this.#readers.map((reader) => reader.run(this.#over.signal)));
  }

  /** Makes all accounts receive, and opens the readers. Close it. */
  static async begin(options: RunOptions): Promise<ReceivingRun> {
    const { fleet, world, isRead, random } = options;
    const api = new ApiClient(fleet.urls[0] ?? '');
    const chats = await createFriends(fleet, world);
    const after = new Map<string, number>();
    for (const { userId: user_id } of world.accounts) {
      const { status, body } = await api.post('/telegram/user/receive', { user_id, enabled: true });
      if (status !== 200) throw new Error(`${user_id} does not receive: ${status} ${JSON.stringify(body)}`);
      after.set(user_id, body.receiving.last_seq);
    }
    const members = new Map<number, readonly number[]>();
    for (const { to } of [...chats, ...world.chats])
      if (to < 0 && !members.has(to)) members.set(to, (await fleet.control.chat(to)).members);
    const readOnes = world.accounts.slice(0, READ_ACCOUNTS).map(({ userId }) => userId);
    const webhook = isRead ? await WebhookReader.open(api, readOnes, random.fork()) : null;
    return new ReceivingRun(options, { chats, after, members, webhook });
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#load.run(signal);
  }

  /** Writes the last messages, and judges once nothing is missing, or no more events come or are read. */
  async finish(ledger: Ledger, gapsCaused: ReadonlySet<string>): Promise<ReceivingFindings> {
    await this.#load.sayGoodbye();
    const begun = performance.now();
    let [progress, changedAt] = [-1, begun];
    for (;;) {
      const { findings, isWhole } = await this.#judge(ledger, gapsCaused);
      const now = performance.now();
      // A webhook that refuses some of its events may be minutes behind.
      const latest = findings.events + this.#countRead();
      if (latest !== progress) changedAt = now;
      progress = latest;
      if (isWhole || now - changedAt > PATIENCE.quiet || now - begun > PATIENCE.all) return findings;
      await sleep(POLL_MS);
    }
  }

  #countRead(): number {
    const readings = [...this.#readers, ...(this.#webhook?.readings(() => 0) ?? [])];
    return readings.reduce((sum, { events }) => sum + events.length, 0);
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#reading;
    this.#webhook?.close();
  }

  async #judge(ledger: Ledger, gapsCaused: ReadonlySet<string>): Promise<Judged> {
    const api = new ApiClient(this.#fleet.urls[0] ?? '');
    const messages = (await this.#fleet.control.messages({ ids: true })).filter((message) =>
      shownText(message).startsWith('['),
    );
    const ids = this.#world.accounts.map(({ id }) => id);
    const delivered = deliveredTo(ids, messages, this.#members);
    const friends = new Set(this.#chats.map(({ friend }) => friend));
    const jobs = jobsByMessage(ledger);
    const findings: ReceivingFindings = {
      verdict: { ...noFaults(), readers: [] },
      incoming: messages.filter(({ from_id: from }) => friends.has(from)).length,
      events: 0,
      caughtUp: 0,
      gaps: 0,
      sent: 0,
      sentWithJob: 0,
    };
    const { verdict } = findings;
    for (const [index, log] of this.#logs.entries()) {
      const { userId } = log;
      const { last_seq: lastSeq, gaps } = (await api.status(userId)).body.receiving;
      let before = -1;
      while (before !== log.events.length) {
        before = log.events.length;
        await log.read();
      }
      const account = {
        userId,
        after: log.after,
        lastSeq,
        mayHaveGaps: gapsCaused.has(userId),
        mayLoseStore: this.#mayLoseStore,
        jobsOf: (name: string) => jobs.get(name),
      };
      const own: readonly DeliveredMessage[] = delivered.get(ids[index] ?? 0) ?? [];
      addTo(verdict, judgeEvents(account, log.events, own));
      const told = log.events.filter(({ type }) => type === 'updates.gap').length;
      if (told !== gaps)
        verdict.gaps.push(`${userId}: its status counts ${gaps} gaps, and ${told} were told`);
      const out = log.events.filter(
        ({ type, message }) => type === 'message.new' && message?.direction === 'out',
      );
      findings.events += log.events.length;
      findings.caughtUp += log.events.filter(({ caught_up: isCaughtUp }) => isCaughtUp).length;
      findings.gaps += told;
      findings.sent += out.length;
      findings.sentWithJob += out.filter(({ message }) => message?.job_id !== null).length;
    }
    const afterOf = (userId: string) => this.#logs.find((log) => log.userId === userId)?.after ?? 0;
    for (const reading of [...this.#readers, ...(this.#webhook?.readings(afterOf) ?? [])]) {
      const sequence = this.#logs.find(({ userId }) => userId === reading.userId)?.events ?? [];
      verdict.readers.push(...judgeReader(reading, sequence));
    }
    return { findings, isWhole: Object.values(verdict).every((faults) => faults.length === 0) };
  }
}

function addTo(all: EventVerdict, one: EventVerdict): void {
  for (const kind of Object.keys(one) as (keyof EventVerdict)[]) all[kind].push(...one[kind]);
}

/** The jobs that sent or forwarded each message, by `chat#seq`; none where the caller does not know all of them. */
function jobsByMessage(ledger: Ledger): Map<string, Set<string>> {
  const jobs = new Map<string, Set<string>>();
  for (const each of [...ledger.accepted, ...ledger.actions.accepted]) {
    const name = nameOf(each);
    jobs.set(name, (jobs.get(name) ?? new Set()).add(each.jobId));
  }
  for (const each of [...ledger.undecided, ...ledger.actions.undecided]) jobs.delete(nameOf(each));
  return jobs;
}
