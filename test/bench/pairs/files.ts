import { sleep } from '@gateway/runtime';
import type { Checkout } from '../../env/checkout.ts';
import type { Part } from '../../env/part.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { quantile } from '../samples.ts';
import { Stage } from '../stage.ts';
import { measureEach, residentBytes } from '../usage.ts';

const MIB = 1024 * 1024;
const FILE_BYTES = 1024 * MIB;
/** What a process may take above rest for a file of any size, MiB. */
const MOST_MIB = 64;
const SAMPLE_MS = 50;

interface FilesRound {
  /** MiB above rest, by process and by what was done. */
  memory: Record<string, number>;
  /** ms that a text took, waited for over HTTP. */
  texts: { rest: { p50: number; p99: number }; upload: { p50: number; p99: number }; count: number };
  /** Seconds. */
  seconds: Record<Phase, number>;
  /** CPU seconds, by process and by what was done. */
  cpu: Record<string, number>;
}

type Phase = 'upload' | 'send' | 'download';

/** The processes of one version of the product, with a stage of their own. */
interface FilesSide {
  name: string;
  stage: Stage;
  userId: string;
  url: string;
  parts: Record<'api' | 'worker' | 'sandbox', Pick<Part, 'pid'>>;
  rounds: FilesRound[];
}

/** A file of 1 GiB in (upload and send) and out (download), with texts to another chat in between. */
export const files: Pair = {
  name: 'files',
  about: 'memory and CPU of API and worker for 1 GiB in and out, and texts to another chat meanwhile',
  run: async (options) => {
    const sides = await measureFiles(options);
    return {
      rows: sides.flatMap(({ name, rounds }) => rowsOf(name, rounds)),
      raw: sides.map(({ name, rounds }) => ({ name, rounds })),
    };
  },
};

function rowsOf(side: string, rounds: readonly FilesRound[]): Row[] {
  const memory = Object.keys(rounds[0]?.memory ?? {}).map((what) => ({
    what: `${side}: ${what}, above rest`,
    values: rounds.map((round) => round.memory[what] ?? NaN),
    unit: 'MiB' as const,
    bar: { at: 'most' as const, value: MOST_MIB },
  }));
  const cpu = Object.keys(rounds[0]?.cpu ?? {}).map((what) => ({
    what: `${side}: ${what}, CPU`,
    values: rounds.map((round) => round.cpu[what] ?? NaN),
    unit: 's' as const,
  }));
  const texts = (['rest', 'upload'] as const).flatMap((when) =>
    (['p50', 'p99'] as const).map((quantileName) => ({
      what: `${side}: text ${quantileName}, ${when === 'rest' ? 'at rest' : 'while 1 GiB goes to Telegram'}`,
      values: rounds.map((round) => round.texts[when][quantileName]),
      unit: 'ms' as const,
    })),
  );
  return [...memory, ...cpu, ...texts];
}

async function measureFiles({ rounds, against, say }: BenchOptions): Promise<readonly FilesSide[]> {
  const sides = [await openSide('product')];
  if (against !== undefined) sides.push(await openSide('against', against));
  try {
    // The first round warms up: code and buffers that any file needs count as rest.
    for (const side of sides) await measureOnce(side, 8 * MIB);
    for (let round = 1; round <= rounds; round += 1)
      for (const side of sides) {
        await sleep(3_000);
        const result = await measureOnce(side, FILE_BYTES);
        side.rounds.push(result);
        say(`files ${round}, ${side.name}: ${JSON.stringify(result)}`);
      }
  } finally {
    for (const { stage } of sides) await stage[Symbol.asyncDispose]();
  }
  return sides;
}

async function openSide(name: string, product?: Checkout): Promise<FilesSide> {
  const stage = await Stage.open(1, product);
  const [userId = ''] = stage.accounts.keys();
  const worker = await stage.startWorker();
  const { api, url } = await stage.startApi();
  return { name, stage, userId, url, parts: { api, worker, sandbox: stage.sandbox }, rounds: [] };
}

async function measureOnce({ userId, url, parts }: FilesSide, size: number): Promise<FilesRound> {
  const memory: Record<string, number> = {};
  const cpu: Record<string, number> = {};
  const seconds = {} as FilesRound['seconds'];
  const rest = { api: await residentBytes(parts.api.pid), worker: await residentBytes(parts.worker.pid) };
  /** Does something, and notes its time, its CPU and the peak memory of both processes. */
  const noting = async <T>(what: Phase, work: () => Promise<T>): Promise<T> => {
    const done = new AbortController();
    const watching = (async () => {
      while (!done.signal.aborted) {
        for (const name of ['api', 'worker'] as const) {
          const above = ((await residentBytes(parts[name].pid)) - rest[name]) / MIB;
          const key = `${name}, ${what}`;
          memory[key] = Math.max(memory[key] ?? 0, Math.round(above));
        }
        await sleep(SAMPLE_MS);
      }
    })();
    const names = ['api', 'worker', 'sandbox'] as const;
    const pids = names.map((name) => parts[name].pid);
    let result: T | undefined;
    try {
      const used = await measureEach(pids, async () => void (result = await work()));
      for (const [index, name] of names.entries()) cpu[`${name}, ${what}`] = used.cpu[index] ?? NaN;
      seconds[what] = used.wall;
    } finally {
      done.abort();
      await watching;
    }
    return result as T;
  };
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json', prefer: 'wait=60' };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (response.status >= 300) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const text = async (): Promise<number> => {
    const begun = performance.now();
    await post('/telegram/user/send', { user_id: userId, recipient_id: '+9996627900', text: 'a text' });
    return performance.now() - begun;
  };
  const atRest: number[] = [];
  for (let index = 0; index < 100; index += 1) atRest.push(await text());

  const uploadId = await noting('upload', () => upload(url, userId, size));
  const meanwhile: number[] = [];
  const fileId = await noting('send', async () => {
    const ended = new AbortController();
    const sending = sent(url, userId, uploadId).finally(() => ended.abort());
    sending.catch(() => {});
    while (!ended.signal.aborted) meanwhile.push(await text());
    return sending;
  });
  await noting('download', () => download(url, userId, fileId, size));
  const of = (samples: number[]) => ({ p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) });
  return {
    memory,
    seconds,
    cpu,
    texts: { rest: of(atRest), upload: of(meanwhile), count: meanwhile.length },
  };
}

async function upload(url: string, userId: string, size: number): Promise<string> {
  const chunk = Buffer.alloc(256 * 1024, 'x');
  let left = size;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(new Uint8Array(chunk.subarray(0, Math.min(left, chunk.length))));
      left -= chunk.length;
    },
  });
  const response = await fetch(`${url}/telegram/user/uploads?user_id=${userId}`, {
    method: 'POST',
    body,
    duplex: 'half',
  } as RequestInit);
  const { upload_id } = (await response.json()) as { upload_id: string };
  return upload_id;
}

/** Sends the file, and waits for the end of its job. @returns its file_id. */
async function sent(url: string, userId: string, uploadId: string): Promise<string> {
  const response = await fetch(`${url}/telegram/user/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify({
      user_id: userId,
      recipient_id: 'me',
      media: [{ type: 'document', upload_id: uploadId }],
    }),
  });
  const { job_id } = (await response.json()) as { job_id: string };
  for (;;) {
    const job = (await (await fetch(`${url}/jobs/${job_id}?wait=30`)).json()) as {
      state: string;
      result: { media: { file_id: string }[] } | null;
    };
    if (job.state === 'completed') return job.result?.media[0]?.file_id ?? '';
    if (job.state === 'failed') throw new Error(JSON.stringify(job));
  }
}

async function download(url: string, userId: string, fileId: string, size: number): Promise<void> {
  const response = await fetch(`${url}/telegram/accounts/${userId}/files/${fileId}`);
  let received = 0;
  for await (const chunk of response.body ?? []) received += (chunk as Uint8Array).byteLength;
  if (response.status !== 200 || received !== size) throw new Error(`${response.status}: ${received} bytes`);
}
