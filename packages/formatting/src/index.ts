export { FormatError } from './format-error.ts';
export { formatReply } from './reply/format-reply.ts';
export { parseFormatted } from './parse-formatted.ts';

/** A module for a thread: its default export is `formatReply`. */
export const REPLY_THREAD = new URL('reply/reply-thread.mjs', import.meta.url);
