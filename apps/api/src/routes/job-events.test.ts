import { GatewayError, type JobView } from '@gateway/contracts';
import { expect, test } from 'vitest';
import { FAILED, JOB, JOB_ID, SENT } from '../testing/fake-producer.ts';
import { readEvents } from '../testing/read-events.ts';
import { testApi } from '../testing/test-api.ts';

const EVENTS = `/jobs/${JOB_ID}/events`;
const HELD: JobView = {
  ...JOB,
  state: 'delayed',
  reason: 'FLOOD_WAIT',
  retry_at: '2024-01-15T12:01:00.000Z',
};

/** An API whose job stands, one look after the other, as these say. */
function apiWith(...views: JobView[]) {
  const api = testApi();
  const rest = [...views];
  const next = () => {
    const view = rest.shift();
    if (view !== undefined) api.producer.jobs.set(JOB_ID, view);
  };
  next();
  api.producer.onWait = () => {
    next();
    return { end: 'timeout' };
  };
  const events = async (lastEventId?: string) => {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const response = await api.request(EVENTS, { headers });
    return { response, events: readEvents(await response.text()) };
  };
  return { ...api, events };
}

test('each change of a job is an event of its own, with the job as it is read; the last is its end', async () => {
  const { events: read, producer } = apiWith(JOB, JOB, HELD, HELD, SENT);
  const { response, events } = await read();
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(events.map(({ event, data }) => [event, data])).toEqual(
    [JOB, HELD, SENT].map((view) => ['job', { status: 'ok', ...view }]),
  );
  expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  expect(producer.openWaits).toBe(0);
});

test('a caller that comes back with Last-Event-ID is told only what it does not know', async () => {
  const { events } = await apiWith(JOB, HELD, FAILED).events();
  const again = await apiWith(HELD, FAILED).events(events[1]?.id);
  expect(again.events).toEqual([events[2]]);
});

test('a caller that has heard the end is answered 204, so that it does not come back', async () => {
  const { events } = await apiWith(SENT).events();
  const again = await apiWith(SENT).events(events[0]?.id);
  expect(again.response.status).toBe(204);
  expect(again.events).toEqual([]);
});

test('an id of another stream tells the job as it stands', async () => {
  const { events } = await apiWith(SENT).events('of something else');
  expect(events).toHaveLength(1);
});

test('the stream ends when the job is deleted, when Redis goes away, and when the process stops', async () => {
  const deleted = apiWith(JOB);
  deleted.producer.onWait = () => {
    deleted.producer.jobs.clear();
    return { end: 'timeout' };
  };
  expect((await deleted.events()).events).toHaveLength(1);

  const away = apiWith(JOB);
  away.producer.onWait = () => {
    away.producer.away = { from: 'job', error: new GatewayError('QUEUE_UNAVAILABLE') };
    return { end: 'timeout' };
  };
  expect((await away.events()).events).toHaveLength(1);

  const stopped = apiWith(JOB);
  stopped.producer.onWait = () => {
    stopped.stop.abort();
    return { end: 'timeout' };
  };
  expect((await stopped.events()).events).toHaveLength(1);
  for (const { producer } of [deleted, away, stopped]) expect(producer.openWaits).toBe(0);
});
