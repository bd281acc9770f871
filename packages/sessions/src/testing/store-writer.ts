import { Sealer } from '@gateway/runtime';
import { openFileSessionStore } from '../file-session-store.ts';

/**
 * A process that writes a session store: `store-writer.ts DATA_DIR KEY_IN_HEX PREFIX ROUNDS`. Ten accounts (`PREFIX0`,
 * …) run at once, each through sign-in, status and a new session, ROUNDS times. The output line `PREFIX0 7` says that
 * the result of round 7 is durable.
 */
const [, , dataDir = '', key = '', prefix = '', rounds = ''] = process.argv;
const store = await openFileSessionStore({ dataDir, sealer: new Sealer([Buffer.from(key, 'hex')]) });
const user = { id: 1, first_name: 'Иван', last_name: null, username: null, phone_number: null };
const sent = {
  phone_code_hash: 'hash',
  delivery: 'app',
  next_delivery: null,
  code_length: 5,
  timeout: null,
} as const;

async function write(userId: string): Promise<void> {
  for (let round = 1; round <= Number(rounds); round += 1) {
    const login = {
      kind: 'code',
      session: 'half-made',
      phoneNumber: '+79991234567',
      sent,
      sentAt: round,
      awaiting: 'code',
      hint: null,
    } as const;
    await store.saveLogin(userId, login);
    await store.saveSession(userId, `${'long session '.repeat(100)}${round}`, user);
    await store.saveStatus(userId, {
      state: 'peer_limited',
      user,
      reason: `round ${round}`,
      next_action: null,
    });
    await store.savePeers(userId, { peers: [], missing: [['peers', round]] });
    process.stdout.write(`${userId} ${round}\n`);
  }
}

await Promise.all(Array.from({ length: 10 }, (_, index) => write(`${prefix}${index}`)));
await store.close();
