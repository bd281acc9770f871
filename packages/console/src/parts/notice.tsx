import { GatewayApiError, GatewayConnectionError } from '@gateway/client';
import type { ComponentChildren } from 'preact';
import { countdown } from '../lib/format.ts';
import { fieldName, inPlainWords } from '../texts/issues.ts';

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
  if (error === null || error === undefined) return null;
  const retryAfter = error instanceof GatewayApiError ? error.retryAfter : null;
  return (
    <Notice tone="bad">
      {messageOf(error)}
      {retryAfter !== null && <> Try again in {countdown(retryAfter * 1_000)}.</>}
      {error instanceof GatewayApiError && <code class="code">{error.rpcError ?? error.code}</code>}
    </Notice>
  );
}

/** The error's text for people. */
export function messageOf(error: unknown): string {
  if (error instanceof GatewayConnectionError) return 'The gateway does not answer. Is it running?';
  if (error instanceof GatewayApiError && error.code === 'VALIDATION' && error.issues.length > 0)
    return error.issues.map(({ path, message }) => `${fieldName(path)} ${inPlainWords(message)}`).join('; ');
  return error instanceof Error ? error.message : String(error);
}
