import type { Delivery, EventType, WebhookView } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { filterOf, type FilterOptions } from './event-filter.ts';

export interface CreateWebhookOptions extends FilterOptions {
  account?: string[];
  event?: string[];
  secret?: string;
}

export interface DeliveriesOptions {
  state?: string;
  limit?: string;
  before?: string;
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
  { account, event = ['message.new'], secret, ...filter }: CreateWebhookOptions,
): Promise<ExitCode> {
  const created = await client.webhooks.create(
    // The gateway refuses unknown types.
    { url, user_ids: account, events: event as EventType[], secret, filter: filterOf(filter) },
    { signal: io.signal },
  );
  out.result(created, `${out.good('✓')} ${created.webhook_id}\n  secret: ${created.secret}`);
  return EXIT.ok;
}

export async function showWebhook({ client, io, out }: CommandContext, id: string): Promise<ExitCode> {
  const webhook = await client.webhooks.read(id, { signal: io.signal });
  out.result(webhook, describe(webhook));
  return EXIT.ok;
}

/** Posts a test event to a webhook. */
export async function testWebhook({ client, io, out }: CommandContext, id: string): Promise<ExitCode> {
  const tested = await client.webhooks.test(id, { signal: io.signal });
  const line = tested.delivered
    ? `${out.good('✓')} the receiver answered ${String(tested.http_status)} after ${tested.ms} ms`
    : `${out.bad('✗')} ${tested.error ?? 'not delivered'}`;
  out.result(tested, line);
  return tested.delivered ? EXIT.ok : EXIT.refused;
}

export async function pauseWebhook({ client, io, out }: CommandContext, id: string): Promise<ExitCode> {
  const webhook = await client.webhooks.pause(id, { signal: io.signal });
  out.result(webhook, `${out.good('✓')} ${id} is paused; its events wait as long as they are kept`);
  return EXIT.ok;
}

export async function resumeWebhook({ client, io, out }: CommandContext, id: string): Promise<ExitCode> {
  const webhook = await client.webhooks.resume(id, { signal: io.signal });
  out.result(webhook, `${out.good('✓')} ${id} goes on, ${webhook.lag} behind`);
  return EXIT.ok;
}

export async function deleteWebhook({ client, io, out }: CommandContext, id: string): Promise<ExitCode> {
  const answer = await client.webhooks.delete(id, { signal: io.signal });
  out.result(answer, `${out.good('✓')} ${id} is deleted`);
  return EXIT.ok;
}

/** Lists what was posted to the callback addresses of an account's jobs. */
export async function deliveries(
  { client, io, out }: CommandContext,
  userId: string,
  { state, limit, before }: DeliveriesOptions,
): Promise<ExitCode> {
  const answer = await client.webhooks.deliveries(userId, {
    // The gateway refuses unknown states, and a limit that is no number.
    state: state as Delivery['state'],
    limit: limit === undefined ? undefined : Number(limit),
    cursor: before,
    signal: io.signal,
  });
  const lines = answer.deliveries.map((each) => {
    const last = each.attempts.at(-1);
    const outcome = last === undefined ? '' : `, ${last.error ?? `answered ${String(last.status)}`}`;
    return `${each.id}\n  ${each.created_at}  ${each.url} (${each.state}, tries: ${each.attempts.length}${outcome})`;
  });
  const more = answer.cursor === null ? [] : [`(more: --before ${answer.cursor})`];
  out.result(answer, [...lines, ...more].join('\n') || '(nothing was posted)');
  return EXIT.ok;
}

/** Posts a delivery again at once. */
export async function replayDelivery({ client, io, out }: CommandContext, id: string): Promise<ExitCode> {
  const delivery = await client.webhooks.replay(id, { signal: io.signal });
  out.result(delivery, `${out.good('✓')} ${id} is posted again`);
  return EXIT.ok;
}

function describe(webhook: WebhookView): string {
  const { webhook_id, url, user_ids, events, filter, state, lag, last_error } = webhook;
  const error =
    last_error === null
      ? ''
      : `\n  ${[last_error.at, last_error.event_id].join(' ').trimEnd()}: ${last_error.message}`;
  const accounts = user_ids === null ? 'all accounts' : user_ids.join(', ');
  const only = Object.keys(filter).length === 0 ? '' : `\n  only ${JSON.stringify(filter)}`;
  return `${webhook_id}  ${url} (${state}, ${lag} behind)\n  ${accounts}: ${events.join(', ')}${only}${error}`;
}
