import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '@gateway/runtime';
import { THIS_CHECKOUT, type Checkout } from '../env/checkout.ts';
import { receive } from './line.ts';
import { openPosts, type Post } from './post.ts';
import { Stage } from './stage.ts';

/**
 * The servers that are measured: the product, the same of another checkout, the product whose accounts receive, and a
 * bare library behind Hono.
 */
export type SideName = 'product' | 'against' | 'receiving' | 'mtcute' | 'gramjs';

/** A server that sends a message and answers once Telegram has it. It runs until its stage is closed. */
export interface Side {
  name: SideName;
  stage: Stage;
  /** The accounts that it sends for. */
  users: readonly string[];
  post: Post;
  /** Ends the connections of {@link post}. */
  close: () => void;
  /** Process ids, by what is counted. */
  processes: Readonly<Record<string, number>>;
}

/** Opens a side with accounts of its own, since a session has one user. All of them are connected. */
async function openSide(name: SideName, accounts: number, against: Checkout | undefined): Promise<Side> {
  const stage = await Stage.open(accounts, name === 'against' ? against : THIS_CHECKOUT);
  try {
    const isBare = name === 'mtcute' || name === 'gramjs';
    const { url, processes } = isBare ? await bare(stage, name) : await product(stage);
    const headers = { prefer: 'wait=60' };
    const posts = openPosts(url, { connections: accounts, headers, status: 200 });
    const side = { name, stage, users: [...stage.accounts.keys()], processes, ...posts };
    await firstSends(side);
    if (name === 'receiving') for (const userId of side.users) await receive(stage, userId, true);
    // Every end of a message would wake its readers, at the cost of the Redis that is measured.
    await stage.producer.close();
    return side;
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
}

/** How often a first send is tried, and ms in between: the API refuses it until a worker has published the account. */
const FIRST_TRIES = 300;
const RETRY_MS = 100;

/** Connects all accounts of a side: each sends once. */
async function firstSends({ users, post }: Pick<Side, 'users' | 'post'>): Promise<void> {
  const first = async (user_id: string) => {
    for (let tries = 1; ; tries += 1)
      try {
        return await post(bodyOf(user_id, 'first'));
      } catch (error) {
        if (tries === FIRST_TRIES) throw error;
        await sleep(RETRY_MS);
      }
  };
  await Promise.all(users.map(first));
}

function bodyOf(user_id: string, text: string): string {
  return JSON.stringify({ user_id, recipient_id: 'me', text });
}

async function product(stage: Stage) {
  const worker = await stage.startWorker();
  const { api, url } = await stage.startApi();
  const processes = { API: api.pid, worker: worker.pid, Redis: stage.redis.pid };
  return { url: `${url}/telegram/user/send`, processes };
}

async function bare(stage: Stage, name: 'mtcute' | 'gramjs') {
  const file = join(stage.directory, 'accounts.json');
  await writeFile(file, JSON.stringify(Object.fromEntries(stage.accounts)));
  const server = await stage.start(`test/bench/bare/${name}.ts`, { BENCH_ACCOUNTS: file });
  await server.ask('connect', { count: stage.accounts.size });
  const port = Number(await server.ask('serve'));
  return { url: `http://127.0.0.1:${port}/send`, processes: { process: server.pid } };
}

/** Opens sides, runs `work` on them and closes them. */
export async function withSides<T>(
  names: readonly SideName[],
  { accounts, against }: { accounts: number; against: Checkout | undefined },
  work: (sides: readonly Side[]) => Promise<T>,
): Promise<T> {
  const sides: Side[] = [];
  try {
    for (const name of names) sides.push(await openSide(name, accounts, against));
    return await work(sides);
  } finally {
    for (const { stage, close } of sides) {
      close();
      await stage[Symbol.asyncDispose]();
    }
  }
}

/**
 * Sends messages of all accounts of a side, one at a time an account.
 * @returns ms from each request to its answer.
 */
export async function sendWaited({ users, post }: Side, messages: number): Promise<number[]> {
  let left = messages;
  const times: number[] = [];
  await Promise.all(
    users.map(async (user_id) => {
      while (left > 0) {
        left -= 1;
        const text = `Message ${left} of an ordinary length, as people write them.`;
        const begun = performance.now();
        await post(bodyOf(user_id, text));
        times.push(performance.now() - begun);
      }
    }),
  );
  return times;
}
