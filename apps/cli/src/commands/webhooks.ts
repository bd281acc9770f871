import type { Delivery, EventType, WebhookView } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import type { Say } from '../language.ts';
import { filterOf, type FilterOptions } from './event-filter.ts';
import { more } from './reading.ts';

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
export async function listWebhooks({ client, io, out, say }: CommandContext): Promise<ExitCode> {
  const answer = await client.webhooks.list({ signal: io.signal });
  out.result(answer, answer.webhooks.map((each) => describe(say, each)).join('\n') || say('(no webhooks)'));
  return EXIT.ok;
}

/** Creates a webhook. Its secret is printed once. */
export async function createWebhook(
  { client, io, out, say }: CommandContext,
  url: string,
  { account, event = ['message.new'], secret, ...filter }: CreateWebhookOptions,
): Promise<ExitCode> {
  const created = await client.webhooks.create(
    // The gateway refuses unknown types.
    { url, user_ids: account, events: event as EventType[], secret, filter: filterOf(filter) },
    { signal: io.signal },
  );
  out.result(
    created,
    `${out.good('✓')} ${created.webhook_id}\n  ${say('secret: {secret}', { secret: created.secret })}`,
  );
  return EXIT.ok;
}

export async function showWebhook({ client, io, out, say }: CommandContext, id: string): Promise<ExitCode> {
  const webhook = await client.webhooks.read(id, { signal: io.signal });
  out.result(webhook, describe(say, webhook));
  return EXIT.ok;
}

/** Posts a test event to a webhook. */
export async function testWebhook({ client, io, out, say }: CommandContext, id: string): Promise<ExitCode> {
  const tested = await client.webhooks.test(id, { signal: io.signal });
  const line = tested.delivered
    ? `${out.good('✓')} ${say('the receiver answered {status} after {ms} ms', { status: String(tested.http_status), ms: tested.ms })}`
    : `${out.bad('✗')} ${out.translated(tested.error ?? 'not delivered')}`;
  out.result(tested, line);
  return tested.delivered ? EXIT.ok : EXIT.refused;
}

export async function pauseWebhook({ client, io, out, say }: CommandContext, id: string): Promise<ExitCode> {
  const webhook = await client.webhooks.pause(id, { signal: io.signal });
  out.result(
    webhook,
    `${out.good('✓')} ${say('{id} is paused; its events wait as long as they are kept', { id })}`,
  );
  return EXIT.ok;
}

export async function resumeWebhook({ client, io, out, say }: CommandContext, id: string): Promise<ExitCode> {
  const webhook = await client.webhooks.resume(id, { signal: io.signal });
  out.result(webhook, `${out.good('✓')} ${say('{id} goes on, {lag} behind', { id, lag: webhook.lag })}`);
  return EXIT.ok;
}

export async function deleteWebhook({ client, io, out, say }: CommandContext, id: string): Promise<ExitCode> {
  const answer = await client.webhooks.delete(id, { signal: io.signal });
  out.result(answer, `${out.good('✓')} ${say('{id} is deleted', { id })}`);
  return EXIT.ok;
}

/** Lists what was posted to the callback addresses of an account's jobs. */
export async function deliveries(
  { client, io, out, say }: CommandContext,
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
    const outcome =
      last === undefined
        ? ''
        : `, ${last.error ?? say('answered {status}', { status: String(last.status) })}`;
    const tries = say('tries: {count}', { count: each.attempts.length });
    return `${each.id}\n  ${each.created_at}  ${each.url} (${each.state}, ${tries}${outcome})`;
  });
  out.result(answer, [...lines, ...more(say, answer.cursor)].join('\n') || say('(nothing was posted)'));
  return EXIT.ok;
}

/** Posts a delivery again at once. */
export async function replayDelivery(
  { client, io, out, say }: CommandContext,
  id: string,
): Promise<ExitCode> {
  const delivery = await client.webhooks.replay(id, { signal: io.signal });
  out.result(delivery, `${out.good('✓')} ${say('{id} is posted again', { id })}`);
  return EXIT.ok;
}

function describe(say: Say, webhook: WebhookView): string {
  const { webhook_id, url, user_ids, events, filter, state, lag, last_error } = webhook;
  const error =
    last_error === null
      ? ''
      : `\n  ${[last_error.at, last_error.event_id].join(' ').trimEnd()}: ${last_error.message}`;
  const accounts = user_ids === null ? say('all accounts') : user_ids.join(', ');
  const only =
    Object.keys(filter).length === 0 ? '' : `\n  ${say('only {filter}', { filter: JSON.stringify(filter) })}`;
  return `${webhook_id}  ${url} (${state}, ${say('{lag} behind', { lag })})\n  ${accounts}: ${events.join(', ')}${only}${error}`;
}
