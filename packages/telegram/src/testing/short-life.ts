/**
 * A process that opens a client, sends one message, closes the client, and must then exit. lifetime.test.ts runs it.
 */
import { writeSync } from 'node:fs';
import { createTelegram } from '../index.ts';
import type { TelegramOptions } from '../types.ts';
import { MemoryPeerBook } from './memory-peer-book.ts';

const { options, session }: { options: TelegramOptions; session: string } = JSON.parse(process.argv[2] ?? '');
const client = createTelegram(options).open(session, new MemoryPeerBook());
await client.run('send', { recipient: { kind: 'self' }, text: 'коротко', randomId: 77n, linkPreview: true });
await client.close();
const closedAt = performance.now();
process.on('exit', () => writeSync(1, JSON.stringify({ msToExit: performance.now() - closedAt })));
