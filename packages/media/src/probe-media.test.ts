import { expect, test } from 'vitest';
import { probeFilm, probePicture } from './probe-media.ts';
import { filmOf, soundOf } from './testing/made-film.ts';

const MIB = 1024 * 1024;
/** 40 by 40 pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAACgAAAAoCAAAAACpleexAAAAHElEQVR4nGMIJRIwjCocVTiqcFThqMJRhaQrBAATIhNfLzsSPgAAAABJRU5ErkJggg==',
  'base64',
);

/** A file in memory, which counts the bytes that are read. */
function fileOf(bytes: Buffer) {
  const file = {
    size: bytes.length,
    bytesRead: 0,
    read: async (offset: number, length: number) => {
      const part = bytes.subarray(offset, offset + length);
      file.bytesRead += part.length;
      return part;
    },
  };
  return file;
}

test('a picture shows its dimensions, and no other file does', async () => {
  expect(await probePicture(fileOf(Buffer.concat([PNG, Buffer.alloc(MIB)])))).toEqual({
    width: 40,
    height: 40,
  });
  expect(await probePicture(fileOf(Buffer.from('not a picture')))).toEqual({});
});

test('a film shows its dimensions and duration, from little of it', async () => {
  const film = fileOf(await filmOf({ width: 320, height: 180, seconds: 30 }));
  expect(await probeFilm(film)).toMatchObject({ width: 320, height: 180, duration: 30 });
  expect(film.size).toBeGreaterThan(2.5 * MIB);
  expect(film.bytesRead).toBeLessThan(MIB);
});

test('a sound shows its duration', async () => {
  expect(await probeFilm(fileOf(soundOf(3)))).toEqual({ duration: 3 });
});

test('a file that shows nothing is no error, nor is one that cannot be read', async () => {
  expect(await probeFilm(fileOf(Buffer.alloc(9 * MIB, 'x')))).toEqual({});
  const film = await filmOf({ width: 2, height: 2, seconds: 1 });
  expect(await probeFilm(fileOf(film.subarray(0, 50_000)))).toEqual({});
  const unreadable = { size: 100, read: () => Promise.reject(new Error('gone')) };
  expect(await probeFilm(unreadable)).toEqual({});
  expect(await probePicture(unreadable)).toEqual({});
});
