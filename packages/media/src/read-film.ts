import { ALL_FORMATS, CustomSource, Input } from 'mediabunny';
import type { MediaFacts, ProbedFile } from './probe-media.ts';

/** Most bytes that are read of one film or sound. Some formats have their index at the end, so not only the head. */
const MAX_READ_BYTES = 8 * 1024 * 1024;
/** Most of them that are in memory at a time. */
const CACHE_BYTES = 2 * 1024 * 1024;

/** As `probeFilm`. A module of its own, because the library takes a moment to load. */
export async function readFilm({ size, read }: ProbedFile): Promise<MediaFacts> {
  let left = MAX_READ_BYTES;
  const source = new CustomSource({
    getSize: () => size,
    read: (start, end) => {
      left -= end - start;
      if (left < 0) throw new Error('the file shows too little of itself');
      return read(start, end - start);
    },
    maxCacheSize: CACHE_BYTES,
    handleUnhandledError: () => {},
  });
  const input = new Input({ source, formats: ALL_FORMATS });
  try {
    return await factsOf(input);
  } catch {
    return {};
  } finally {
    input.dispose();
  }
}

async function factsOf(input: Input): Promise<MediaFacts> {
  const video = await input.getPrimaryVideoTrack();
  const shape = video && { width: await video.getDisplayWidth(), height: await video.getDisplayHeight() };
  const { title, artist } = await input
    .getMetadataTags()
    .catch(() => ({ title: undefined, artist: undefined }));
  const duration = await durationOf(input).catch(() => null);
  return {
    ...shape,
    ...(duration !== null && duration > 0 && { duration }),
    ...(title !== undefined && title !== '' && { title }),
    ...(artist !== undefined && artist !== '' && { performer: artist }),
  };
}

async function durationOf(input: Input): Promise<number | null> {
  return (await input.getDurationFromMetadata()) ?? input.computeDuration();
}
