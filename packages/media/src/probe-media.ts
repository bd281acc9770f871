import { imageSize } from 'image-size';

/** What a file shows of itself. */
export interface MediaFacts {
  /** Pixels, as it is shown: after rotation. */
  width?: number;
  height?: number;
  /** Seconds. */
  duration?: number;
  title?: string;
  performer?: string;
}

export interface ProbedFile {
  /** Bytes. */
  size: number;
  /** Reads up to `length` bytes from `offset`. */
  read: (offset: number, length: number) => Promise<Uint8Array>;
}

/** The head of a picture, which has its dimensions. A JPEG may have up to 64 KiB of metadata several times before. */
const PICTURE_HEAD_BYTES = 256 * 1024;

/** Dimensions of a picture; nothing for other files. Never throws. */
export async function probePicture({ read }: ProbedFile): Promise<MediaFacts> {
  try {
    const { width, height, orientation = 1 } = imageSize(await read(0, PICTURE_HEAD_BYTES));
    // From 5 on, the picture is shown turned by 90 degrees.
    return orientation < 5 ? { width, height } : { width: height, height: width };
  } catch {
    return {};
  }
}

/** Dimensions, duration and tags of a film or sound; nothing for files of unknown formats. Never throws. */
export async function probeFilm(file: ProbedFile): Promise<MediaFacts> {
  // Loaded with the first film: many workers send none.
  const { readFilm } = await import('./read-film.ts');
  return readFilm(file);
}
