import { expect, test } from 'vitest';
import { explainFault } from './redis-fault.ts';

const of = (message: string, code?: string) =>
  explainFault(Object.assign(new Error(message), code && { code }));

test.each([
  ['WRONGPASS invalid username-password pair or user is disabled.', /WRONGPASS/, true],
  ['ERR invalid password', /WRONGPASS/, true],
  ['Ready check failed: NOAUTH Authentication required.', /NOAUTH/, true],
  ["NOPERM User worker has no permissions to run the 'evalsha' command", /NOPERM/, true],
  ['DENIED Redis is running in protected mode because protected mode is enabled', /protected mode/, true],
  ['ERR max number of clients reached', /maxclients/, false],
  ['LOADING Redis is loading the dataset in memory', /loading/, false],
  ["READONLY You can't write against a read only replica.", /primary/, false],
  ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", /MASTERDOWN/, false],
  ['Protocol error, got "H" as reply type byte. Please report this.', /not a Redis/, false],
  ['connect ETIMEDOUT', /in time/, false],
  ['Connection is closed.', /rediss/, false],
  ['Reached the max retries per request limit (which is 0).', /was closed/, false],
  ["Stream isn't writeable and enableOfflineQueue options is false", /was closed/, false],
])('%s', (message, reason, isFinal) => {
  expect(of(message)).toEqual({ reason: expect.stringMatching(reason), isFinal });
});

test.each([
  ['ECONNREFUSED', /nothing listens/],
  ['ENOTFOUND', /host name cannot be resolved/],
  ['EAI_AGAIN', /host name cannot be resolved/],
  ['EHOSTUNREACH', /no network route/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /redis:\/\//],
  ['EPROTO', /redis:\/\//],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /not trusted/],
  ['CERT_HAS_EXPIRED', /expired/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /another host name/],
])('error %s is explained without the addresses and users in its message', (code, reason) => {
  const fault = of('of redis://user:hunter2@10.0.0.1', code);
  expect(fault).toEqual({ reason: expect.stringMatching(reason), isFinal: false });
  expect(fault.reason).not.toMatch(/hunter2|10\.0\.0\.1/);
});
