import type { EventType, Webhook } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../failure.ts';

export interface CreateWebhookOptions {
  account?: string[];
  event?: string[];
  secret?: string;
}

/** Lists the webhooks. With `--json` prints the gateway's answer. */
export async function listWebhooks({ client, io, out }: CommandContext): Promise<ExitCode> {
  const answer = await client.webhooks.list({ signal: io.signal });
  out.result(answer, answer.webhooks.map(describe).join('\n') || '(no webhooks)');
  return EXIT.ok;
}

/** Creates a webhook. Its secret is printed once. */
export async function createWebhook(
  { client, io, out }: CommandContext,
  url: string,
  { account, event = ['message.new'], secret }: CreateWebhookOptions,
): Promise<ExitCode> {
  const created = await client.webhooks.create(
    // The gateway refuses unknown types.
    { url, user_ids: account, events: event as EventType[], secret },
    { signal: io.signal },
  );
  out.result(created, `${out.good('✓')} ${created.webhook_id}\n  secret: ${created.secret}`);
  return EXIT.ok;
}

/** Posts a test event to a webhook. */
export async function testWebhook({ client, io, out }: CommandContext, webhookId: string): Promise<ExitCode> {
  const tested = await client.webhooks.test(webhookId, { signal: io.signal });
  const line = tested.delivered
    ? `${out.good('✓')} the receiver answered ${String(tested.http_status)} after ${tested.ms} ms`
    : `${out.bad('✗')} ${tested.error ?? 'not delivered'}`;
  out.result(tested, line);
  return tested.delivered ? EXIT.ok : EXIT.refused;
}

function describe({
  webhook_id,
  url,
  user_ids,
  events,
  state,
  lag,
  last_error,
}: Omit<Webhook, 'status'>): string {
  const error =
    last_error === null
      ? ''
      : `\n  ${[last_error.at, last_error.event_id].join(' ').trimEnd()}: ${last_error.message}`;
  const accounts = user_ids === null ? 'all accounts' : user_ids.join(', ');
  return `${webhook_id}  ${url} (${state}, ${lag} behind)\n  ${accounts}: ${events.join(', ')}${error}`;
}
