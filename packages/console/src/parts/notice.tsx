import { GatewayApiError, GatewayConnectionError } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import type { ComponentChildren } from 'preact';
import { countdown } from '../lib/format.ts';
import { ShownError } from '../lib/shown-error.ts';
import { useWords, type Words } from '../lib/words.ts';
import { refusalInWords } from '../texts/issues.ts';

export interface NoticeProps {
  tone: 'good' | 'wait' | 'bad' | 'info';
  children: ComponentChildren;
}

export function Notice({ tone, children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

/** An error in the gateway's words, with its code and what to do; nothing if there is none. */
export function ErrorNotice({ error }: { error: unknown }) {
  const words = useWords();
  if (error === null || error === undefined) return null;
  const retryAfter = error instanceof GatewayApiError ? error.retryAfter : null;
  return (
    <Notice tone="bad">
      {messageOf(error, words)}
      {retryAfter !== null && ` ${words.t('Try again in {time}.', { time: countdown(retryAfter * 1_000) })}`}
      {error instanceof GatewayApiError && <code class="code">{error.rpcError ?? error.code}</code>}
    </Notice>
  );
}

const NO_ANSWER: Text = text('The gateway does not answer. Is it running?');

/** The error's text for people. */
export function messageOf(error: unknown, words: Words): string {
  if (error instanceof GatewayConnectionError) return words.say(NO_ANSWER);
  if (error instanceof ShownError) return words.say(error.text);
  if (error instanceof GatewayApiError) return refusalInWords(error, words);
  return error instanceof Error ? error.message : String(error);
}
