import { GatewayError, userIdSchema, webhookDeliverySchema, type WebhookDelivery } from '@gateway/contracts';
import { parseJobId, webhookIdOf } from '@gateway/queue';
import { translate, type Locale } from '@gateway/texts';
import { Hono, type Context } from 'hono';
import * as z from 'zod';
import type { ApiContext, ApiEnv } from '../context.ts';
import { auditLog } from '../control/audit.ts';
import { answerLanguage } from '../http/language.ts';
import { validate, validationError } from '../http/validation.ts';
import { mayUse, requireAccount } from '../middleware/api-key.ts';

const MAX_LIMIT = 100;
const LIMIT = `must be a whole number, 1 to ${MAX_LIMIT}`;

const UNKNOWN_CURSOR = 'is not in the log of this account, or no longer: begin again without it';

const querySchema = z.strictObject({
  user_id: userIdSchema.optional(),
  job_id: z.string().max(200).optional(),
  state: webhookDeliverySchema.shape.state.optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, LIMIT)
    .transform(Number)
    .pipe(z.number().min(1, LIMIT).max(MAX_LIMIT, LIMIT))
    .default(20),
  cursor: z.string().max(200).optional(),
});

/** The log of webhook deliveries, with the reason of each failure, and their replay. */
export function webhookRoutes(context: ApiContext): Hono<ApiEnv> {
  const { webhooks } = context.producer;
  const routes = new Hono<ApiEnv>();

  routes.get('/webhooks/deliveries', async (c) => {
    const { user_id: userId, job_id: jobId, ...query } = validate(querySchema, c.req.query());
    if (jobId !== undefined) {
      const delivery = mayUseJob(c, jobId) ? await webhooks.read(webhookIdOf(jobId)) : null;
      return c.json({
        status: 'ok',
        deliveries: delivery === null ? [] : [shown(answerLanguage(c), delivery)],
        cursor: null,
      });
    }
    if (userId === undefined)
      throw validationError([{ path: 'user_id', message: 'is required, or else job_id' }]);
    requireAccount(c.get('caller'), userId);
    const page = await webhooks.list({ userId, ...query });
    if (page === null) throw validationError([{ path: 'cursor', message: UNKNOWN_CURSOR }]);
    const { deliveries, cursor } = page;
    const language = answerLanguage(c);
    return c.json({ status: 'ok', deliveries: deliveries.map((each) => shown(language, each)), cursor });
  });

  routes.get('/webhooks/deliveries/:id', async (c) => {
    const delivery = await deliveryOf(c);
    return c.json({ status: 'ok', ...shown(answerLanguage(c), delivery) });
  });

  // Delivers the same bytes again at once, whether the delivery succeeded, failed, or waits for its next attempt.
  routes.post('/webhooks/deliveries/:id/replay', async (c) => {
    const { id, user_id: userId } = await deliveryOf(c);
    const delivery = await webhooks.replay(id);
    if (delivery === null) throw new GatewayError('NOT_FOUND');
    auditLog(context, c, 'webhook.replay', { userId });
    return c.json({ status: 'ok', ...shown(answerLanguage(c), delivery) }, 202);
  });

  return routes;

  /**
   * The delivery named by the path.
   * @throws {GatewayError} `NOT_FOUND`, also for a key that may not use its account.
   */
  async function deliveryOf(c: Context<ApiEnv>): Promise<WebhookDelivery> {
    const id = c.req.param('id') ?? '';
    const delivery = id.length > 200 ? null : await webhooks.read(id);
    if (delivery === null || !mayUse(c.get('caller'), delivery.user_id))
      throw new GatewayError('NOT_FOUND', 'There is no delivery with this id (any more).');
    return delivery;
  }
}

/** A delivery whose attempts say in a language why they failed. */
function shown(language: Locale, delivery: WebhookDelivery): WebhookDelivery {
  const attempts = delivery.attempts.map(({ error, ...attempt }) => ({
    ...attempt,
    error: error === null ? null : translate(error, language),
  }));
  return { ...delivery, attempts };
}

function mayUseJob(c: Context<ApiEnv>, jobId: string): boolean {
  const address = parseJobId(jobId);
  return address !== null && mayUse(c.get('caller'), address.userId);
}
