export { FormatError } from './format-error.ts';
export { formatReply } from './reply/format-reply.ts';
export { parseFormatted } from './parse-formatted.ts';
