import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '../program.ts';
import { FakeGateway, refusal } from '../testing/fake-gateway.ts';
import { runCli, type CliWorld } from '../testing/run-cli.ts';

let gateway: FakeGateway;
beforeAll(async () => {
  gateway = await FakeGateway.start();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

const RUSSIAN = { LANG: 'ru_RU.UTF-8' };
const run = (args: string[], world: Partial<CliWorld> = {}) => runCli(args, { url: gateway.url, ...world });

test('a sign-in asks and answers in the language of the terminal', async () => {
  const user = { id: 7, first_name: 'Алиса', last_name: null, username: null, phone_number: null };
  gateway.answers({
    'POST /telegram/user/auth/start': () => ({
      body: { status: 'code_sent', delivery: 'app', next_delivery: 'sms', code_length: 5, timeout: 60 },
    }),
    'POST /telegram/user/auth/verify': () => ({ body: { status: 'authorized', user } }),
  });
  const signedIn = await run(['login'], { env: RUSSIAN, answers: ['alice', '+79991234567', '12345'] });
  expect(signedIn).toMatchObject({ code: 0, stdout: '✓ Вход в alice выполнен: Алиса (7)\n' });
  expect(signedIn.questions).toEqual([
    'Придумайте имя для этого аккаунта',
    'Номер телефона',
    'Код (пусто — отправить ещё раз)',
  ]);
  expect(signedIn.stderr).toBe(
    'Код придёт в приложении Telegram (5 символов). Затем — по SMS, через 60 с. Никогда не отправляйте его в чат: Telegram его аннулирует.\n',
  );
  expect(gateway.heard.map(({ headers }) => headers['accept-language'])).toEqual(['ru', 'ru']);
});

test('an error says in Russian what is wrong, and what to do', async () => {
  gateway.answers({ 'GET /jobs/j1?wait=0': () => refusal(401, 'NOT_AUTHORIZED') });
  expect((await run(['send', 'alice'], { env: RUSSIAN })).stderr).toBe(
    '✗ USAGE: нужны user_id и получатель: telegram-gateway send <user_id> <получатель> [текст | -]\n',
  );
  gateway.answers({ 'GET /telegram/user/status/alice': () => refusal(401, 'UNAUTHORIZED') });
  expect((await run(['status', 'alice'], { env: RUSSIAN })).stderr).toContain(
    'Задайте в переменной окружения GATEWAY_API_KEY один из ключей API_KEYS шлюза.',
  );
});

test.each([
  [{ LC_ALL: 'ru_RU.UTF-8', LANG: 'en_US.UTF-8' }, [], 'ru'],
  [{ LC_MESSAGES: 'ru_RU', LANG: 'C' }, [], 'ru'],
  [{ LANG: 'ru' }, [], 'ru'],
  [{ LC_ALL: 'en_US.UTF-8', LANG: 'ru_RU.UTF-8' }, [], 'en'],
  [{ LANG: 'de_DE.UTF-8' }, [], 'en'],
  [{ LANG: '' }, [], 'en'],
  [{ LANG: 'en_US.UTF-8' }, ['--lang', 'ru'], 'ru'],
  [{ LANG: 'ru_RU.UTF-8' }, ['--lang=en'], 'en'],
])('in %j, with %j, the gateway is asked for %s', async (env, options, language) => {
  gateway.answers({ 'POST /telegram/user/pause': () => ({ body: { status: 'ok', state: 'ready' } }) });
  const { stdout } = await run(['pause', 'alice', ...options], { env });
  expect(gateway.heard[0]?.headers['accept-language']).toBe(language);
  expect(stdout).toBe(
    language === 'ru'
      ? '✓ Аккаунт alice приостановлен; чтобы возобновить: telegram-gateway resume alice\n'
      : '✓ alice is paused; to resume: telegram-gateway resume alice\n',
  );
});

test('another language is refused', async () => {
  expect(await run(['pause', 'alice', '--lang', 'fr'])).toMatchObject({
    code: 2,
    stderr: '✗ USAGE: --lang must be en or ru, not fr\n',
  });
});

test('JSON is the same in every language', async () => {
  gateway.answers({ 'POST /telegram/user/pause': () => refusal(403, 'FORBIDDEN') });
  const [english, russian] = [
    await run(['pause', 'alice', '--json']),
    await run(['pause', 'alice', '--json'], { env: RUSSIAN }),
  ];
  expect(russian).toEqual(english);
  expect(gateway.heard.map(({ headers }) => headers['accept-language'])).toEqual(['en', 'en']);
});

test('help and its headings are Russian, for each command and option', async () => {
  const { stdout } = await run(['jobs', '--help'], { env: RUSSIAN });
  expect(stdout).toMatch(/^Использование: telegram-gateway jobs/);
  expect(stdout).toContain('отменить задание, которое ещё не отправлено');
  const program = createProgram(async () => {}, 'ru');
  const missing = descriptionsOf(program).filter((text) => text !== '' && !/[а-яё]/i.test(text));
  // The names of values are the same in each language.
  expect(missing).toEqual(['pending, delivered или failed'].filter((text) => missing.includes(text)));
});

function descriptionsOf(command: Command): string[] {
  return [
    command.description(),
    ...command.options.map(({ description }) => description),
    ...command.commands
      // For the scripts of `completion` alone.
      .filter((each) => each.name() !== 'complete')
      .flatMap((each) => descriptionsOf(each)),
  ];
}

test.each([
  [['nothing'], "ошибка: неизвестная команда 'nothing'"],
  [['statsu', 'alice'], '(Может быть, status?)'],
  [['status', 'alice', '--lice'], "ошибка: неизвестный параметр '--lice'\n(Может быть, --live?)"],
  [['status'], "ошибка: не указан аргумент 'user_id'\n(подробнее: telegram-gateway status --help)"],
  [['jobs', 'list'], '(подробнее: telegram-gateway jobs list --help)'],
  [['completion', 'tcsh'], "ошибка: shell не может быть 'tcsh'. Возможные значения: zsh, bash"],
  [['status', 'alice', '--url'], "ошибка: у параметра '--url <url>' нет значения"],
  [['status', 'a', 'b'], "ошибка: лишние аргументы у 'status': нужен 1, а указано 2."],
])('the usage error of %j is Russian', async (args, message) => {
  const { code, stderr } = await run(args, { env: RUSSIAN });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
});
