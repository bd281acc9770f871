import { ACCOUNTS } from './accounts.ts';
import { ANSWERS } from './answers.ts';
import { ASSISTANT } from './assistant.ts';
import { CLI } from './cli.ts';
import { CODES } from './codes.ts';
import { MARKUP } from './markup.ts';
import { NETWORK } from './network.ts';
import { RECIPIENTS } from './recipients.ts';
import { REDIS } from './redis.ts';
import { REQUESTS } from './requests.ts';
import { SERVICE } from './service.ts';
import { SESSIONS } from './sessions.ts';
import { TELEGRAM } from './telegram.ts';

/** Sentences of errors, and of what to do about them. */
export const ERRORS = {
  ...ACCOUNTS,
  ...ANSWERS,
  ...ASSISTANT,
  ...CLI,
  ...CODES,
  ...MARKUP,
  ...NETWORK,
  ...RECIPIENTS,
  ...REDIS,
  ...REQUESTS,
  ...SERVICE,
  ...SESSIONS,
  ...TELEGRAM,
} as const;

/** An English sentence of an error that has a Russian one. */
export type ErrorSentence = keyof typeof ERRORS;
