import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePackages } from './lib/build/packages.mjs';
import { ROOT } from './lib/root.mjs';

const run = promisify(execFile);
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** @type {string} */
let directory;
/** An empty folder in which the packages are installed. @type {string} */
let user;
/** @type {{ call: string, body: any }[]} */
const heard = [];
const server = createServer((request, response) => void answer(request, response));

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function answer(request, response) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  heard.push({ call: `${request.method} ${request.url}`, body: text === '' ? null : JSON.parse(text) });
  const user = { id: 1, first_name: 'Alice', last_name: null, username: null, phone_number: null };
  const answers = {
    '/telegram/user/send': {
      status: 'ok',
      success: true,
      message_id: 7,
      date: '2026-01-01T00:00:00Z',
      job_id: 'j',
    },
    '/telegram/user/import': { status: 'authorized', message: 'Done', job_id: 'j', user },
  };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(Object.entries(answers).find(([path]) => path === request.url)?.[1] ?? {}));
}
const address = () => {
  const at = server.address();
  return `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
};

/** npm without a registry: its cache is empty. @param {string[]} args @param {string} cwd */
const npm = (args, cwd) =>
  run('npm', [...args, '--ignore-scripts'], {
    cwd,
    env: { ...process.env, npm_config_offline: 'true', npm_config_cache: join(directory, 'cache') },
  });

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-packages-'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const folders = await writePackages(join(directory, 'packages'), new AbortController().signal);
  const tarballs = join(directory, 'tarballs');
  mkdirSync(tarballs);
  for (const folder of Object.values(folders))
    await npm(['pack', folder, '--pack-destination', tarballs], directory);
  user = join(directory, 'user');
  mkdirSync(user);
  writeFileSync(join(user, 'package.json'), '{"private":true,"type":"module"}');
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  // In place of the registry: the packages that are installed here.
  const libraries = ['packages/contracts/node_modules/zod', 'packages/session-formats/node_modules/sql.js'];
  const links = libraries.map((path) => realpathSync(join(ROOT, path)));
  await npm(['install', '--no-audit', '--no-fund', ...files, ...links], user);
  // Takes 50 s on a busy machine.
}, 180_000);
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

describe('packages that are installed from their tarballs in an empty folder', () => {
  test('the client sends in plain Node', async () => {
    const program = `import { GatewayClient } from '@telegram-user-gateway/client';
      const gateway = new GatewayClient({ baseUrl: process.argv[2] });
      console.log(JSON.stringify(await gateway.send({ user_id: 'alice', recipient_id: 'me', text: 'Hi' })));`;
    writeFileSync(join(user, 'send.mjs'), program);
    const { stdout } = await run(process.execPath, ['send.mjs', address()], { cwd: user });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', message_id: 7 });
    const body = { user_id: 'alice', recipient_id: 'me', text: 'Hi' };
    expect(heard.at(-1)).toEqual({ call: 'POST /telegram/user/send', body });
  });

  test("the client's types hold in a strict TypeScript program that checks libraries, too", async () => {
    const program = `import { GatewayApiError, GatewayClient, type GatewayEvent } from '@telegram-user-gateway/client';
      const gateway = new GatewayClient({ baseUrl: 'http://127.0.0.1:3000' });
      const outcome = await gateway.send({ user_id: 'alice', recipient_id: 1, text: 'Hi', parse_mode: 'html' });
      const id: number = outcome.status === 'ok' ? outcome.message_id : 0;
      const edited = await gateway.act('message.edit', { user_id: 'alice', recipient_id: 'me', message_id: id, text: 'Ho' });
      export const job: string = edited.job_id;
      export const textOf = (event: GatewayEvent): string => event.type === 'message.new' ? event.message.text : '';
      export const codeOf = (error: unknown): string => error instanceof GatewayApiError ? error.code : '';
      // @ts-expect-error -- It is a text.
      await gateway.send({ user_id: 'alice', recipient_id: 'me', text: 1 });
      // @ts-expect-error -- There is no such action.
      await gateway.act('message.fold', { user_id: 'alice' });`;
    writeFileSync(join(user, 'program.ts'), program);
    const tsconfig = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2022', 'dom', 'esnext.disposable'],
        types: [],
      },
      files: ['program.ts'],
    };
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify(tsconfig));
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    const { stdout } = await run(tsc, ['-p', user], { cwd: user }).catch((error) => error);
    expect(stdout).toBe('');
  });

  test('the CLI knows its version, and reads a session file in a thread of its own', async () => {
    const cli = join(user, 'node_modules', '.bin', 'telegram-gateway');
    expect((await run(cli, ['--version'])).stdout).toBe(`${version}\n`);
    const inFormats = createRequire(join(ROOT, 'packages', 'session-formats', 'package.json'));
    const { Database } = await inFormats('sql.js')();
    const database = new Database();
    database.run('CREATE TABLE sessions (dc_id INTEGER, auth_key BLOB)');
    database.run('INSERT INTO sessions VALUES (2, ?)', [new Uint8Array(256).fill(7)]);
    writeFileSync(join(user, 'a.session'), database.export());
    const args = ['import', 'alice', 'a.session', '--yes', '--json', '--url', address()];
    const { stdout } = await run(cli, args, { cwd: user });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'authorized' });
    expect(heard.at(-1)?.body.session).toMatch(/^1/);
  });
});
