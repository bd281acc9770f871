import { BoundedThreads } from '@gateway/runtime';
import { packPeaks } from './pack-peaks.ts';
import type { ProbedFile } from './probe-media.ts';

/** Bytes of the largest file that gets a waveform: half an hour of a usual voice note. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Bytes of all files that wait for their waveform. One more goes without: memory and the wait stay bounded. */
const WAITING_BYTES = 16 * 1024 * 1024;
/** The first bytes of an Ogg file. */
const OGG = Buffer.from('OggS');

const THREADS = new BoundedThreads<Uint8Array<ArrayBuffer>, number[]>({
  entry: new URL('waveform-thread.ts', import.meta.url),
  // A minute of sound takes about 0.1 s.
  timeoutMs: 20_000,
  heapMb: 64,
  atOnce: 1,
  maxWaiting: 100,
  keepMs: 30_000,
});

let waitingBytes = 0;

/**
 * The waveform of a voice note (Ogg with Opus), as Telegram's apps show it; `undefined` for other and for large files,
 * and while many others wait. Never throws. A thread decodes the sound.
 */
export async function waveformOf({ size, read }: ProbedFile): Promise<Buffer | undefined> {
  if (size > MAX_BYTES || waitingBytes + size > WAITING_BYTES) return undefined;
  waitingBytes += size;
  try {
    const bytes = new Uint8Array(await read(0, size));
    if (!OGG.equals(bytes.subarray(0, OGG.length))) return undefined;
    const peaks = await THREADS.run(bytes, [bytes.buffer]);
    return peaks.length === 0 ? undefined : packPeaks(peaks);
  } catch {
    return undefined;
  } finally {
    waitingBytes -= size;
  }
}
