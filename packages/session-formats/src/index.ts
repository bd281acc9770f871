export { isSqlite, readTelethonFile, SessionFileError } from './telethon-file.ts';
