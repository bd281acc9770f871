import { describe } from 'vitest';
import { deliveries } from './updates/deliveries.ts';
import { fromTelegram } from './updates/from-telegram.ts';
import { longPolls } from './updates/long-polls.ts';
import { useEventsStage } from './updates/stage.ts';
import { keepAlive, streams } from './updates/streams.ts';
import { webhookObjects } from './updates/webhook-objects.ts';

/** The ways of events to those who read them. One product for all. */
const stage = useEventsStage();

describe.each([
  // In this order: the stream of the last is opened by the second.
  ['by long poll', longPolls],
  ['by SSE', streams],
  ['by webhook', deliveries],
  ['by webhooks of several keys', webhookObjects],
  ['by webhook, from Telegram on,', fromTelegram],
  ['by an idle stream', keepAlive],
])('Events of an account %s', (_name, describeTests) => describeTests(stage));
