import { MemoryStorage } from '@mtcute/core';
import { writeStringSession } from '@mtcute/core/utils.js';
import { TelegramClient } from '@mtcute/node';
import { addPublicKey, NodeCryptoProvider } from '@mtcute/node/utils.js';
import initSqlJs, { type Database } from 'sql.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

interface Made {
  id: number;
  dc: number;
  auth_key: string;
}

const keyOf = ({ auth_key }: Made) => Buffer.from(auth_key, 'base64url');

function telethon({ dc, ...made }: Made, address = [149, 154, 167, 51]): string {
  return `1${Buffer.concat([Buffer.from([dc, ...address, 1, 187]), keyOf({ dc, ...made })]).toString('base64')}`;
}

function gramJs(made: Made): string {
  const address = Buffer.from('venus.web.telegram.org');
  const bytes = [Buffer.from([made.dc, 0, address.length]), address, Buffer.from([1, 187]), keyOf(made)];
  return `1${Buffer.concat(bytes).toString('base64')}`;
}

/** Pyrogram's formats: `>BI?256sQ?`, and the two older ones. */
function pyrogram(
  made: Made,
  form: 'today' | 'old' | 'old64' = 'today',
  flags = { test: 0, bot: 0 },
): string {
  const apiId = form === 'today' ? Buffer.from([0, 0, 0x30, 0x39]) : Buffer.alloc(0);
  const user = Buffer.alloc(form === 'old' ? 4 : 8, 7);
  const bytes = [Buffer.from([made.dc]), apiId, Buffer.from([flags.test]), keyOf(made), user];
  return Buffer.concat([...bytes, Buffer.from([flags.bot])]).toString('base64url');
}

function mtcute(made: Made, dc = made.dc): string {
  const main = { id: dc, ipAddress: '149.154.167.51', port: 443 };
  return writeStringSession({
    version: 3,
    primaryDcs: { main, media: main },
    authKey: keyOf(made),
    self: null,
  });
}

const { Database: Sqlite } = await initSqlJs();
function file(make: (database: Database) => void): string {
  const database = new Sqlite();
  make(database);
  const bytes = Buffer.from(database.export());
  database.close();
  return bytes.toString('base64');
}

function pyrogramFile(made: Made): string {
  return file((database) => {
    database.run(
      'CREATE TABLE sessions (dc_id INTEGER PRIMARY KEY, api_id INTEGER, test_mode INTEGER, auth_key BLOB, date INTEGER NOT NULL, user_id INTEGER, is_bot INTEGER)',
    );
    database.run('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)', [made.dc, 1, 0, keyOf(made), 0, 7, 0]);
  });
}

function mtcuteFile(made: Made): string {
  return file((database) => {
    database.run('create table key_value (key text primary key, value blob not null)');
    database.run('create table auth_keys (dc integer primary key, key blob not null)');
    const home = Buffer.from(
      `\x02${String.fromCharCode(made.dc)}\0\x0e149.154.167.51\0\xbb\x01\0\0`,
      'latin1',
    );
    database.run("insert into key_value values ('dc_main', ?)", [home]);
    database.run('insert into auth_keys values (?, ?)', [made.dc, keyOf(made)]);
  });
}

const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)';

describe('Sessions of other programs', () => {
  let stack: Stack;
  let known: Made;
  let users = 0;
  beforeAll(async () => {
    stack = await Stack.start();
    known = await stack.control.createSession('+9996628420');
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  const importAs = (user_id: string, session: unknown) =>
    stack.api.post('/telegram/user/import', { user_id, session, exclusive: true });
  /** Uses a new account each time, so that no test reaches the limit of tries. */
  const importNew = (session: unknown) => importAs(`user${(users += 1)}`, session);

  test.each<[string, string, (made: Made) => string]>([
    ['Telethon', '+9996628421', telethon],
    ['GramJS', '+9996618422', gramJs],
    ['Pyrogram', '+9996628423', (made) => pyrogram(made)],
    ['Pyrogram 1', '+9996628424', (made) => pyrogram(made, 'old')],
    ['Pyrogram with long ids', '+9996628425', (made) => pyrogram(made, 'old64')],
    ['mtcute', '+9996638426', (made) => mtcute(made)],
    ['a file of Pyrogram', '+9996628427', pyrogramFile],
    ['a file of mtcute', '+9996628428', mtcuteFile],
    ['a file in wrapped base64', '+9996628429', (made) => pyrogramFile(made).replace(/(.{76})/g, '$1\r\n')],
    [
      'wrapped lines and quotes',
      '+9996628430',
      (made) => `"${pyrogram(made).replace(/(.{60})/g, '$1\n  ')}"`,
    ],
    ['a line of .env', '+9996628431', (made) => `SESSION_STRING='${telethon(made)}'\n`],
    ['invisible marks', '+9996628432', (made) => `\u202a${mtcute(made)}\u200b\u202c`],
  ])('%s: signed in as its user', async (name, phone, write) => {
    const made = await stack.control.createSession(phone);
    const userId = name.replaceAll(/\W/g, '');
    expect(await importAs(userId, write(made))).toMatchObject({
      status: 200,
      body: { status: 'authorized', user: { id: made.id, phone_number: phone } },
    });
  });

  test.each<[string, (made: Made) => unknown, RegExp]>([
    ['Telethon + AAAA', (made) => `${telethon(made)}AAAA`, /malformed/],
    ['Telethon + AAAA without its padding', (made) => `${telethon(made).replace(/=/g, '')}AAAA`, /malformed/],
    ['GramJS + AAAA', (made) => `${gramJs(made).replace(/=/g, '')}AAAA`, /malformed/],
    ['Pyrogram + AAAA', (made) => `${pyrogram(made)}AAAA`, /malformed/],
    ['mtcute + AAAA', (made) => `${mtcute(made)}AAAA`, /malformed/],
    ['our own form + AAAA', (made) => `v1.${made.dc}.${made.auth_key}AAAA`, /259 bytes|malformed/],
    ['Telethon without its 1', (made) => telethon(made).slice(1), /malformed|unknown form/],
    ['Telethon cut', (made) => telethon(made).slice(0, -8), /malformed/],
    ['Pyrogram cut', (made) => pyrogram(made).slice(0, -2), /malformed/],
    ['two of them', (made) => `${telethon(made)}\n${telethon(made)}`, /malformed/],
    ['data centre 9', (made) => telethon({ ...made, dc: 9 }), /data centre 9/],
    ['data centre 0', (made) => pyrogram({ ...made, dc: 0 }), /data centre/],
    ['data centre 255', (made) => pyrogram({ ...made, dc: 255 }), /data centre 255/],
    ['data centre 7, by mtcute', (made) => mtcute(made, 7), /data centre 7/],
    ['data centre 258, in a file', (made) => pyrogramFile({ ...made, dc: 258 }), /data centre/],
    ['data centre -2, in a file', (made) => pyrogramFile({ ...made, dc: -2 }), /data centre/],
    ['data centre 999 in our form', (made) => `v1.999.${made.auth_key}`, /data centre/],
    [
      'a key of zeros',
      (made) => pyrogram({ ...made, auth_key: Buffer.alloc(256).toString('base64url') }),
      /nobody/,
    ],
    ["a bot's, as Pyrogram says", (made) => pyrogram(made, 'today', { test: 0, bot: 1 }), /a bot's/],
    ['other text', () => 'hello', /unknown form/],
    ['nothing but quotes', () => '""', /must not be empty/],
    ['a file with something added to its base64', (made) => `${pyrogramFile(made)}!`, /malformed/],
  ])('%s is a 400 that says why', async (_name, write, message) => {
    const { status, body } = await importNew(write(known));
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'VALIDATION' });
    expect(body.issues).toEqual([{ path: 'session', message: expect.stringMatching(message) }]);
    expect(JSON.stringify(body)).not.toContain(known.auth_key.slice(0, 20));
  });

  test("a bot's session is refused: by mtcute's own flag, or by Telegram's answer for formats without one", async () => {
    await stack.control.createBot({
      bot_token: '777000111:AAExampleTokenOfASandboxBot0123456789',
      first_name: 'Robot',
    });
    const { dataCenters, publicKeyPem } = await stack.telegram();
    const crypto = new NodeCryptoProvider();
    await crypto.initialize();
    addPublicKey(crypto, publicKeyPem);
    const [dc] = dataCenters.map(({ id, host, port }) => ({ id, ipAddress: host, port }));
    if (dc === undefined) throw new Error('no data centre');
    const storage = new MemoryStorage();
    const client = new TelegramClient({
      apiId: 1,
      apiHash: '0123456789abcdef0123456789abcdef',
      storage,
      crypto,
      defaultDcs: { main: dc, media: dc },
      logLevel: 0,
    });
    await client.start({ botToken: '777000111:AAExampleTokenOfASandboxBot0123456789' });
    const session = await client.exportSession();
    const key = storage.authKeys.get(dc.id);
    await client.destroy();
    if (key === null) throw new Error('no key');
    for (const given of [session, `v1.${dc.id}.${Buffer.from(key).toString('base64url')}`])
      expect(await importNew(given)).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'session', message: expect.stringContaining("is a bot's") }] },
      });
    const last = await stack.api.status(`user${users}`);
    expect(last.body).toMatchObject({ state: 'none', authorized: false });
  });

  test.each([
    ['an endless view', `CREATE VIEW sessions AS ${ENDLESS} SELECT count(*) AS dc_id, 1 AS auth_key FROM c`],
    [
      '3,000 blobs of 1 MB',
      `CREATE VIEW sessions AS ${ENDLESS} SELECT 2 AS dc_id, zeroblob(1000000) AS auth_key FROM c LIMIT 3000`,
    ],
    [
      'a computed column',
      'CREATE TABLE sessions (dc_id, auth_key AS (zeroblob(900000000))); INSERT INTO sessions (dc_id) VALUES (2)',
    ],
    ['a virtual table', 'CREATE VIRTUAL TABLE sessions USING fts3(dc_id, auth_key)'],
  ])('a file with %s is a 400, and nothing is computed', async (_name, statements) => {
    const answer = await importNew(file((database) => database.exec(statements)));
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'VALIDATION',
        issues: [{ path: 'session', message: expect.stringMatching(/has no (?:session|auth key)/) }],
      },
    });
  });

  test('too many files at once: 429 for the rest, which may be sent again', async () => {
    const text = file((database) => database.run('CREATE VIEW sessions AS SELECT 1'));
    const answers = await Promise.all(Array.from({ length: 60 }, () => importNew(text)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const { body } of refused) expect(body).toMatchObject({ code: 'RATE_LIMITED', retry_after: 5 });
    for (const { status, body } of answers)
      if (status !== 429)
        expect([status, body.issues[0].message]).toEqual([400, expect.stringContaining('no session')]);
  });

  test('endless files do not delay others, and their threads are freed', async () => {
    const endless = endlessTree();
    let answered = 0;
    const imports = Array.from({ length: 2 }, () =>
      importNew(endless).then((answer) => ((answered += 1), answer)),
    );
    let others = 0;
    while (answered < imports.length) {
      expect((await stack.api.get('/healthz')).status).toBe(200);
      others += 1;
    }
    for (const { status, body } of await Promise.all(imports)) {
      expect({ status, issues: body.issues }).toMatchObject({ status: 400, issues: [{ path: 'session' }] });
    }
    expect(others).toBeGreaterThan(20);
    const { body } = await importAs('afterwards', pyrogram(await stack.control.createSession('+9996628433')));
    expect(body.status).toBe('authorized');
  }, 60_000);
});

// Telegram is not asked: a session refused here opens no connection.
test("with Telegram's own data centres: a session of the test servers or of data centre 6 is refused", async () => {
  await using stack = await Stack.start({ TELEGRAM_DC: '', TELEGRAM_DC_KEY: '' });
  const made = { id: 0, dc: 2, auth_key: Buffer.alloc(256, 7).toString('base64url') };
  for (const [session, message] of [
    [pyrogram(made, 'today', { test: 1, bot: 0 }), /test servers/],
    [pyrogram(made, 'old', { test: 1, bot: 0 }), /test servers/],
    [telethon(made, [149, 154, 167, 40]), /test servers/],
    [pyrogram({ ...made, dc: 6 }), /data centre 6; this gateway knows 1, 2, 3, 4, 5$/],
    [telethon({ ...made, dc: 203 }), /data centre 203/],
  ] as const)
    expect(
      await stack.api.post('/telegram/user/import', { user_id: 'x', session, exclusive: true }),
    ).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'session', message: expect.stringMatching(message) }] },
    });
});

/** A table with an endless number of rows: on each of 12 levels, a page refers to the same lower page 60 times. */
function endlessTree(): string {
  const page = 512;
  const bytes = Buffer.from(
    file((database) => {
      database.exec(
        "PRAGMA page_size = 512; CREATE TABLE key_value (key, value); CREATE TABLE auth_keys (dc, key); INSERT INTO key_value VALUES ('other', 1)",
      );
    }),
    'base64',
  );
  const leaf = Buffer.from(bytes.subarray(page, 2 * page));
  const inner = Array.from({ length: 12 }, (_, level) => innerPage(page, bytes.length / page + level + 1));
  inner[0]?.copy(bytes, page);
  const whole = Buffer.concat([bytes, ...inner.slice(1), leaf]);
  whole.writeUInt32BE(whole.length / page, 28);
  return whole.toString('base64');
}

function innerPage(size: number, child: number): Buffer {
  const cells = 60;
  const bytes = Buffer.alloc(size);
  bytes.writeUInt8(5, 0);
  bytes.writeUInt16BE(cells, 3);
  bytes.writeUInt16BE(size - cells * 5, 5);
  bytes.writeUInt32BE(child, 8);
  for (let cell = 0; cell < cells; cell += 1) {
    const at = size - (cell + 1) * 5;
    bytes.writeUInt16BE(at, 12 + 2 * cell);
    bytes.writeUInt32BE(child, at);
    bytes.writeUInt8(1, at + 4);
  }
  return bytes;
}
