export { formatText, type FormatOutcome, type Markup } from './format-text.ts';

/** A module for a thread: its default export calls `formatText` with `{ text, markup }`. */
export const FORMAT_THREAD = new URL('format-thread.ts', import.meta.url);
