import { randomBytes } from 'node:crypto';
import { GatewayError, webhookRequestSchema } from '@gateway/contracts';
import { hiddenUrl, UNREADABLE_WEBHOOK, type Webhook, type WebhookStanding } from '@gateway/queue';
import { Pauses } from '@gateway/runtime';
import { translate, type Locale } from '@gateway/texts';
import { createWebhookSender } from '@gateway/webhooks';
import { Hono, type Context } from 'hono';
import { ulid } from 'ulid';
import type { ApiContext, ApiEnv, Caller } from '../context.ts';
import { auditLog } from '../control/audit.ts';
import { answerLanguage, inLanguage } from '../http/language.ts';
import { mayUse, requireAccount } from '../middleware/api-key.ts';
import { readBody } from '../middleware/json-body.ts';

const SECRET_BYTES = 32;

/** Webhooks: addresses to which the events of accounts are posted. */
export function webhookSubscriptionRoutes(context: ApiContext): Hono<ApiEnv> {
  const { subscriptions } = context.producer;
  const { WEBHOOK_ALLOW_PRIVATE: allowPrivate } = context.settings;
  const routes = new Hono<ApiEnv>();

  routes.post('/webhooks', async (c) => {
    const { url, secret, user_ids, events, filter = {} } = await readBody(c, webhookRequestSchema);
    const caller = c.get('caller');
    for (const userId of user_ids ?? []) requireAccount(caller, userId);
    const userIds = user_ids ?? caller.accounts;
    const webhook = await subscriptions.create({
      url,
      secret: secret ?? `whsec_${randomBytes(SECRET_BYTES).toString('base64url')}`,
      userIds: userIds === null ? null : [...new Set(userIds)],
      events: [...new Set(events)],
      filter,
    });
    auditLog(context, c, 'webhook.create', { webhookId: webhook.id });
    return c.json({ status: 'ok', ...shown(answerLanguage(c), webhook), url, secret: webhook.secret }, 201);
  });

  routes.get('/webhooks', async (c) => {
    const visible = await subscriptions.list((webhook) => isVisible(c.get('caller'), webhook));
    const language = answerLanguage(c);
    // One by one: a webhook may name thousands of accounts.
    const texts: string[] = [];
    const pauses = new Pauses();
    for (const webhook of visible) {
      texts.push(JSON.stringify(shown(language, webhook)));
      await pauses.pause();
    }
    return c.body(`{"status":"ok","webhooks":[${texts.join(',')}]}`, 200, {
      'Content-Type': 'application/json',
    });
  });

  routes.get('/webhooks/:webhook_id', async (c) =>
    c.json({
      status: 'ok',
      ...shown(answerLanguage(c), await subscriptions.standing(await addressed(c))),
    }),
  );

  routes.delete('/webhooks/:webhook_id', async (c, next) => {
    // Another path, which takes other methods.
    if (c.req.param('webhook_id') === 'deliveries') return next();
    const { id } = await addressed(c);
    if (!(await subscriptions.delete(id))) throw new GatewayError('WEBHOOK_NOT_FOUND');
    auditLog(context, c, 'webhook.delete', { webhookId: id });
    return c.json({ status: 'ok', webhook_id: id });
  });

  // Posts an event that belongs to no account, and answers what became of it.
  routes.post('/webhooks/:webhook_id/test', async (c) => {
    const { id, url, secret } = await readable(c);
    const event_id = `test:${ulid().toLowerCase()}`;
    const body = { event_id, type: 'webhook.test', seq: null, occurred_at: new Date().toISOString() };
    const sender = createWebhookSender({ secret: undefined, allowPrivate });
    try {
      const { status, error, ms } = await sender.send({
        id: `${event_id}@${id}`,
        url,
        body: JSON.stringify(body),
        attempt: 1,
        secret,
        headers: { 'x-webhook-subscription': id, 'x-event-id': event_id },
      });
      auditLog(context, c, 'webhook.test', { webhookId: id });
      const why = error === null ? null : translate(error, answerLanguage(c));
      return c.json({ status: 'ok', delivered: error === null, http_status: status, error: why, ms });
    } finally {
      await sender.close();
    }
  });

  routes.post('/webhooks/:webhook_id/pause', (c) => changeState(c, 'paused'));

  routes.post('/webhooks/:webhook_id/resume', (c) => changeState(c, 'active'));

  return routes;

  async function changeState(c: Context<ApiEnv>, state: Webhook['state']): Promise<Response> {
    const before = await subscriptions.standing(await readable(c));
    if (before.state !== state) {
      if (!(await subscriptions.setState(before.id, state))) throw new GatewayError('WEBHOOK_NOT_FOUND');
      auditLog(context, c, `webhook.${state === 'paused' ? 'pause' : 'resume'}`, { webhookId: before.id });
    }
    return c.json({ status: 'ok', ...shown(answerLanguage(c), { ...before, state }) });
  }

  /**
   * The webhook named by the path.
   * @throws {GatewayError} `WEBHOOK_NOT_FOUND`, also for a key that may not use all of its accounts.
   */
  async function addressed(c: Context<ApiEnv>): Promise<Webhook> {
    const id = c.req.param('webhook_id') ?? '';
    const webhook = id.length > 200 ? null : await subscriptions.find(id);
    if (webhook === null || !isVisible(c.get('caller'), webhook)) throw new GatewayError('WEBHOOK_NOT_FOUND');
    return webhook;
  }

  /** As {@link addressed}. @throws {GatewayError} also `INTERNAL`, if the webhook cannot be read. */
  async function readable(c: Context<ApiEnv>): Promise<Webhook> {
    const webhook = await addressed(c);
    if (webhook.isUnreadable) throw new GatewayError('INTERNAL', UNREADABLE_WEBHOOK);
    return webhook;
  }
}

function isVisible(caller: Caller, { userIds }: Webhook): boolean {
  if (caller.accounts === null) return true;
  return userIds?.every((userId) => mayUse(caller, userId)) ?? false;
}

function shown(
  language: Locale,
  { id, url, userIds, events, filter, state, lag, lastError, createdAt }: WebhookStanding,
) {
  return {
    webhook_id: id,
    url: url === '' ? '' : hiddenUrl(url),
    user_ids: userIds,
    events,
    filter,
    state,
    lag,
    last_error: lastError === null ? null : inLanguage(lastError, language),
    created_at: new Date(createdAt).toISOString(),
  };
}
