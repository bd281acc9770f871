import { expect, test } from 'vitest';
import { packPeaks } from './pack-peaks.ts';
import { soundOf } from './testing/made-film.ts';
import { VOICE_NOTE } from './testing/voice-note.ts';
import { waveformOf } from './waveform.ts';

const fileOf = (bytes: Uint8Array) => ({
  size: bytes.length,
  read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
});

/** The hundred values of a waveform, read bit by bit. */
function valuesOf(waveform: Uint8Array): number[] {
  const bit = (index: number) => ((waveform[index >> 3] ?? 0) >> (index % 8)) & 1;
  return Array.from({ length: 100 }, (_, index) =>
    [0, 1, 2, 3, 4].reduce((value, place) => value + (bit(index * 5 + place) << place), 0),
  );
}

test('a voice note shows where it is loud, half as loud and silent', async () => {
  const waveform = await waveformOf(fileOf(VOICE_NOTE));
  const values = valuesOf(waveform ?? Buffer.alloc(0));
  const of = (from: number) => values.slice(from + 4, from + 21);
  expect(Math.max(...of(0), ...of(50))).toBeLessThan(3);
  expect(Math.min(...of(25))).toBe(31);
  expect(Math.min(...of(75))).toBeGreaterThan(10);
  expect(Math.max(...of(75))).toBeLessThan(31);
});

test('other sounds, broken files and those that cannot be read have none', async () => {
  expect(await waveformOf(fileOf(soundOf(1)))).toBeUndefined();
  expect(await waveformOf(fileOf(VOICE_NOTE.subarray(0, 60)))).toBeUndefined();
  expect(await waveformOf(fileOf(Buffer.concat([Buffer.from('OggS'), Buffer.alloc(500)])))).toBeUndefined();
  expect(await waveformOf({ size: 9, read: () => Promise.reject(new Error('gone')) })).toBeUndefined();
});

test('a file is not read while files of 16 MiB wait for their waveforms', async () => {
  const size = 8 * 1024 * 1024;
  const reads: (() => void)[] = [];
  const gone = async () => {
    await new Promise<void>((resolve) => reads.push(resolve));
    throw new Error('gone');
  };
  const waiting = [1, 2, 3].map(() => waveformOf({ size, read: gone }));
  expect(reads.length).toBe(2);
  for (const end of reads) end();
  await Promise.all(waiting);
  expect(await waveformOf(fileOf(VOICE_NOTE))).toBeDefined();
});

test('a short sound fills all values, and a silent one none', () => {
  expect(valuesOf(packPeaks([1]))).toEqual(Array.from({ length: 100 }, () => 17));
  expect(valuesOf(packPeaks([0, 0]))).toEqual(Array.from({ length: 100 }, () => 0));
});
