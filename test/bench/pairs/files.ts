import { sleep } from '@gateway/runtime';
import type { Part } from '../../env/part.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { quantile } from '../samples.ts';
import { Stage } from '../stage.ts';
import { residentBytes } from '../usage.ts';

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
  seconds: Record<'upload' | 'send' | 'download', number>;
}

/** A file of 1 GiB in (upload and send) and out (download), with texts to another chat in between. */
export const files: Pair = {
  name: 'files',
  about: 'memory of API and worker for 1 GiB in and out, and texts to another chat meanwhile',
  run: async (options) => {
    const results = await measureFiles(options);
    const rows: Row[] = Object.keys(results[0]?.memory ?? {}).map((what) => ({
      what: `${what}, above rest`,
      values: results.map(({ memory }) => memory[what] ?? NaN),
      unit: 'MiB',
      bar: { at: 'most', value: MOST_MIB },
    }));
    const p99 = (when: 'rest' | 'upload') => results.map(({ texts }) => texts[when].p99);
    rows.push({ what: 'text p99 at rest', values: p99('rest'), unit: 'ms' });
    rows.push({ what: 'text p99 while 1 GiB goes to Telegram', values: p99('upload'), unit: 'ms' });
    return { rows, raw: results };
  },
};

async function measureFiles({ rounds, say }: BenchOptions): Promise<FilesRound[]> {
  await using stage = await Stage.open(1);
  const [userId = ''] = stage.accounts.keys();
  const worker = await stage.startWorker();
  const { api, url } = await stage.startApi();
  const results: FilesRound[] = [];
  // The first round warms up: code and buffers that any file needs count as rest.
  await measureOnce(userId, url, { api, worker }, 8 * MIB);
  for (let round = 1; round <= rounds; round += 1) {
    await sleep(3_000);
    const result = await measureOnce(userId, url, { api, worker }, FILE_BYTES);
    results.push(result);
    say(`files ${round}: ${JSON.stringify(result)}`);
  }
  await Promise.all([worker.end(), api.end()]);
  return results;
}

async function measureOnce(
  userId: string,
  url: string,
  parts: Record<'api' | 'worker', Part>,
  size: number,
): Promise<FilesRound> {
  const memory: Record<string, number> = {};
  const seconds = {} as FilesRound['seconds'];
  const rest = { api: await residentBytes(parts.api.pid), worker: await residentBytes(parts.worker.pid) };
  /** Does something, and notes its time and the peak memory of both processes. */
  const noting = async <T>(what: 'upload' | 'send' | 'download', work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
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
    try {
      return await work();
    } finally {
      done.abort();
      await watching;
      seconds[what] = (performance.now() - begun) / 1_000;
    }
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
  return { memory, seconds, texts: { rest: of(atRest), upload: of(meanwhile), count: meanwhile.length } };
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
