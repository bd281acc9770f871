export { formatText, type FormatOutcome, type Markup } from './format-text.ts';
export { toHtml } from './to-html.ts';
export { eventWithHtml, withHtml } from './with-html.ts';

/** The module of the formatting thread: calls `formatText` with `{ text, markup }`. */
export const FORMAT_THREAD = new URL('format-thread.ts', import.meta.url);
