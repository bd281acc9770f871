export { SessionFormatError } from './foreign-session.ts';
export { readGivenSession } from './given-session.ts';
export { isSqlite, readSessionFile } from './session-file.ts';
export { writeOwnForm, writeTelethon } from './string-session.ts';
