import type { ThumbnailSize } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';

/** A picture that Telegram has in a file of its own. */
export interface PhotoSize {
  /** Telegram's letter for it. */
  type: string;
  /** Pixels. */
  w: number;
  h: number;
  /** Bytes. */
  size: number;
}

/** Pixels of the longer side that a size has at most. */
const BOXES: Record<ThumbnailSize, number> = { s: 100, m: 320, x: 800 };

/** The sizes that are files. Telegram also lists outlines and previews that are only a few bytes. */
export function photoSizes(sizes: readonly Api.TypePhotoSize[]): PhotoSize[] {
  return sizes.flatMap((size) => {
    if (size instanceof Api.PhotoSize) return [size];
    if (size instanceof Api.PhotoSizeProgressive) {
      const { type, w, h, sizes: steps } = size;
      return [{ type, w, h, size: Math.max(...steps) }];
    }
    return [];
  });
}

/** The size with the most bytes: the photo itself. */
export function largestSize(sizes: readonly PhotoSize[]): PhotoSize | undefined {
  return sizes.toSorted((a, b) => b.size - a.size)[0];
}

/** The size that was asked for; else the next larger one, else the largest. */
export function thumbnailOf(sizes: readonly PhotoSize[], wanted: ThumbnailSize): PhotoSize | undefined {
  const exact = sizes.find(({ type }) => type === wanted);
  const bySide = sizes.toSorted((a, b) => sideOf(a) - sideOf(b));
  return exact ?? bySide.find((size) => sideOf(size) >= BOXES[wanted]) ?? bySide.at(-1);
}

function sideOf({ w, h }: PhotoSize): number {
  return Math.max(w, h);
}
