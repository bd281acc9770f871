import { Pauses } from '@gateway/runtime';
import { isLocale, translate, type Locale } from '@gateway/texts';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { ApiEnv } from '../context.ts';
import { answerHeader, requestHeader } from './headers.ts';

/** The language that the caller prefers of those that the gateway has; English if none of them is asked for. */
function languageOf(c: Context<ApiEnv>): Locale {
  if (requestHeader(c, 'accept-language') === undefined) return 'en';
  const language = accepts(c, {
    header: 'Accept-Language',
    supports: [],
    default: 'en',
    match: (wanted, { default: otherwise }) =>
      wanted
        .filter(({ q }) => q > 0)
        .map(({ type }) => (type === '*' ? otherwise : (type.toLowerCase().split('-')[0] ?? '')))
        .find(isLocale) ?? otherwise,
  });
  return isLocale(language) ? language : 'en';
}

/** Chooses the language of a response with sentences, and names it in the headers. */
export function answerLanguage(c: Context<ApiEnv>): Locale {
  const language = languageOf(c);
  answerHeader(c, 'Content-Language', language);
  // A page's request has `Vary: Origin` on the Response, which would replace Node's header of that name.
  if (requestHeader(c, 'origin') === undefined) answerHeader(c, 'Vary', 'Accept-Language');
  else c.header('Vary', 'Accept-Language', { append: true });
  return language;
}

/** The parts of an answer that have sentences: an error, a job, an account, a step of a sign-in. */
interface WithSentences {
  message?: unknown;
  next_action?: unknown;
  issues?: readonly { path: string; message: string }[];
  held?: object;
  sign_in?: object;
  error?: object | null;
}

/** The answer with its sentences in a language. Codes, names and the texts of messages stay. */
export function inLanguage<T extends object>(answer: T, language: Locale): T {
  if (language === 'en') return answer;
  const { message, next_action, issues, held, sign_in, error }: WithSentences = answer;
  return {
    ...answer,
    ...(typeof message === 'string' && { message: translate(message, language) }),
    ...(typeof next_action === 'string' && { next_action: translate(next_action, language) }),
    ...(issues !== undefined && { issues: issues.map((issue) => inLanguage(issue, language)) }),
    ...(held !== undefined && { held: inLanguage(held, language) }),
    ...(sign_in !== undefined && { sign_in: inLanguage(sign_in, language) }),
    ...(error !== undefined && error !== null && { error: inLanguage(error, language) }),
  };
}

/** As {@link inLanguage}, for many answers. A thousand may take a second, so other requests run meanwhile. */
export async function eachInLanguage<T extends object>(
  answers: readonly T[],
  language: Locale,
): Promise<T[]> {
  const pauses = new Pauses();
  const shown: T[] = [];
  for (const answer of answers) {
    shown.push(inLanguage(answer, language));
    await pauses.pause();
  }
  return shown;
}
