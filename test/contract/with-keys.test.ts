import { beforeEach, describe } from 'vitest';
import { useStack } from '../env/use-stack.ts';
import { consoleFiles } from './with-keys/console.ts';
import { listings } from './with-keys/listings.ts';
import { openapi } from './with-keys/openapi.ts';
import { qr } from './with-keys/qr.ts';

// All in one product with API keys: starting one costs more than most of these tests.
const product = useStack(
  { API_KEYS: 'everything,of-bob:bob,of-ben:ben' },
  { Authorization: 'Bearer everything' },
);

beforeEach(() => product().stack.control.clearFaults());

describe.each([
  // First, as it counts all accounts.
  ['Lists of accounts, their messages and their history', listings],
  ['The OpenAPI document', openapi],
  ['`/console` over HTTP', consoleFiles],
  ['QR sign-in', qr],
])('%s', (_name, describeTests) => describeTests(product));
