import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Part } from '../../env/part.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { median } from '../samples.ts';
import { Stage } from '../stage.ts';

/** Per round and side. */
const SAMPLES = 12;
const PASSWORD = 'a password of somebody';

type Step = 'newKey' | 'known' | 'password';
/** The median ms of each step in a round. */
type Times = Record<Step, number>;

interface ConnectRound {
  product: Times;
  bare: Times;
}

/** Connecting with the product's client, against the bare library, each in a separate process. */
export const connect: Pair = {
  name: 'connect',
  about:
    'a sign-in with a new key until the code is sent, a connection with a known key, a two-factor password',
  run: async (options) => {
    const results = await measureConnect(options);
    const of = (step: Step) => results.map(({ product, bare }) => product[step] / bare[step]);
    const rows: Row[] = [
      { what: 'connect, new key', values: of('newKey'), unit: 'x', bar: { at: 'most', value: 0.6 } },
      { what: 'connect, known key', values: of('known'), unit: 'x', bar: { at: 'most', value: 1 } },
      { what: 'connect, two-factor password', values: of('password'), unit: 'x' },
    ];
    return { rows, raw: results };
  },
};

async function measureConnect({ rounds, say }: BenchOptions): Promise<ConnectRound[]> {
  await using stage = await Stage.open(1);
  const accountsFile = join(stage.directory, 'accounts.json');
  await writeFile(accountsFile, JSON.stringify(Object.fromEntries(stage.accounts)));
  const ours = await stage.start('test/bench/ours.ts', { BENCH_ACCOUNTS: accountsFile });
  const bare = await stage.start('test/bench/bare/gramjs.ts', { BENCH_ACCOUNTS: accountsFile });
  const results: ConnectRound[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const [own, other] = [noTimes(), noTimes()];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      await signIn(stage, ours, own);
      await signIn(stage, bare, other);
    }
    // The first round only warms both up.
    if (round === 0) continue;
    const result = { product: medians(own), bare: medians(other) };
    results.push(result);
    const line = ({ newKey, known, password }: Times) =>
      `new key ${newKey.toFixed(0)} ms, known ${known.toFixed(1)}, password ${password.toFixed(0)}`;
    say(`connect ${round}: ${line(result.product)}; bare ${line(result.bare)}`);
  }
  await Promise.all([ours.end(), bare.end()]);
  return results;
}

let phones = 0;

/** Signs in a new account with a password, then connects an account that is already signed in. */
async function signIn({ control, firstDc }: Stage, side: Part, times: Record<Step, number[]>): Promise<void> {
  phones += 1;
  // In the data centre where new logins start. Any other would cost both sides a second key.
  const phone = `+99966${firstDc}${String(phones).padStart(4, '0')}`;
  await control.createAccount({ phone, first_name: 'Test', password: PASSWORD });
  times.newKey.push(Number(await side.ask('newKey', { phone })));
  await side.ask('signIn', { phone, code: await control.code(phone) });
  times.password.push(Number(await side.ask('password', { password: PASSWORD })));
  times.known.push(Number(await side.ask('known')));
}

function noTimes(): Record<Step, number[]> {
  return { newKey: [], known: [], password: [] };
}

function medians({ newKey, known, password }: Record<Step, number[]>): Times {
  return { newKey: median(newKey), known: median(known), password: median(password) };
}
