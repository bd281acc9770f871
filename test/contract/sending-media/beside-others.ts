import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { PNG } from '../../env/png.ts';
import type { Stack } from '../../env/stack.ts';
import { CAROL, LATER, type MediaStage, mediaTools, MIB, sha256 } from './media-stage.ts';

/** Sends of files beside other sends, and over lost answers and kill -9. */
export const besideOthers = (stage: () => MediaStage) => {
  let stack: Stack;
  let bob: number;
  let carol: number;
  beforeAll(() => {
    ({ stack, bob, carol } = stage());
  });
  const { upload, send, media, inChat, last, ended } = mediaTools(stage);

  test('texts to other chats go out between the parts of a large file, and those to its chat after it', async () => {
    await stack.api.post('/telegram/user/pause', { user_id: 'alice' });
    const bytes = randomBytes(12 * MIB);
    const job = (await send(media(await upload(bytes)), LATER)).body.job_id;
    for (const text of ['c1', 'c2', 'c3']) await send({ recipient_id: CAROL, text }, LATER);
    const behind = (await send({ text: 'behind' }, LATER)).body.job_id;
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
    expect((await ended(job)).state).toBe('completed');
    expect((await ended(behind)).state).toBe('completed');
    const at = (message?: { accepted_at: string }) => Date.parse(message?.accepted_at ?? '');
    const [file, text] = (await inChat(bob)).slice(-2);
    expect([file?.media?.sha256, text?.text]).toEqual([sha256(bytes), 'behind']);
    const others = (await inChat(carol)).slice(-3);
    expect(others.map((each) => each.text)).toEqual(['c1', 'c2', 'c3']);
    expect(at(others[2])).toBeLessThan(at(file));
  });

  test('a text, and another file, go out to other chats while a part is on its way; its own chat waits', async () => {
    // Nothing ends this delay but the end of the test.
    await stack.control.fault({ method: 'upload.saveBigFilePart', delay_ms: 600_000 });
    const bytes = randomBytes(11 * MIB);
    const job = (await send(media(await upload(bytes)), LATER)).body.job_id;
    await expect.poll(async () => stack.control.faults()).toEqual([]);
    const behind = (await send({ text: 'behind the part' }, LATER)).body.job_id;
    for (const text of ['meanwhile 1', 'meanwhile 2'])
      expect((await send({ recipient_id: CAROL, text })).status).toBe(200);
    const small = randomBytes(1_000);
    expect((await send({ recipient_id: CAROL, ...media(await upload(small)) })).status).toBe(200);
    const edit = {
      user_id: 'alice',
      recipient_id: CAROL,
      message_id: (await last(carol))?.id,
      text: 'edited',
    };
    expect((await stack.api.post('/telegram/user/message/edit', edit, { Prefer: 'wait=30' })).status).toBe(
      200,
    );
    expect((await stack.api.get(`/jobs/${job}`)).body.state).toBe('active');
    expect((await stack.api.get(`/jobs/${behind}`)).body.state).not.toBe('completed');
    await stack.control.clearFaults();
    for (const each of [job, behind]) expect((await ended(each)).state).toBe('completed');
    expect((await inChat(bob)).slice(-2)).toMatchObject([
      { media: { sha256: sha256(bytes) } },
      { text: 'behind the part' },
    ]);
  });

  test('a worker that stops waits for the part that is on its way, and the next one goes on after it', async () => {
    await stack.control.fault({ method: 'upload.saveBigFilePart', delay_ms: 1_500, times: 2 });
    const bytes = randomBytes(11 * MIB);
    const job = (await send(media(await upload(bytes)), LATER)).body.job_id;
    const left = async () => (await stack.control.faults())[0]?.times ?? 0;
    await expect.poll(left).toBe(1);
    await stack.worker.end();
    // The second part would have used up the fault.
    expect(await left()).toBe(1);
    expect((await stack.api.get(`/jobs/${job}`)).body.state).toBe('waiting');
    await stack.control.clearFaults();
    await stack.startWorker();
    // A worker that dies with the job would add an attempt.
    expect(await ended(job)).toMatchObject({ state: 'completed', attempts: 1 });
    expect((await last())?.media?.sha256).toBe(sha256(bytes));
  });

  test.each([
    ['whose answer is lost', { drop: 'after' }],
    ['that is cut off', { drop: 'before' }],
    [
      'that is refused by mistake as if the session had ended',
      { error: 'AUTH_KEY_UNREGISTERED', slip: true },
    ],
  ] as const)('a part %s is uploaded again, and the account stays signed in', async (_what, fault) => {
    await stack.control.fault({ method: 'upload.saveFilePart', ...fault });
    const bytes = randomBytes(MIB);
    expect((await send(media(await upload(bytes)))).status).toBe(200);
    expect((await last())?.media?.sha256).toBe(sha256(bytes));
    expect((await stack.api.status('alice')).body.state).toBe('ready');
  });

  test('a wait that Telegram asks of uploads holds no text', async () => {
    await stack.control.fault({
      method: 'upload.saveFilePart',
      error: 'FLOOD_PREMIUM_WAIT_2',
      lasts: true,
    });
    const job = (await send(media(await upload(PNG)), LATER)).body.job_id;
    await expect
      .poll(async () => (await stack.api.get(`/jobs/${job}`)).body.reason)
      .toBe('FLOOD_PREMIUM_WAIT');
    expect((await send({ recipient_id: CAROL, text: 'meanwhile' })).status).toBe(200);
    expect((await stack.api.get(`/jobs/${job}`)).body.state).toBe('delayed');
    expect((await ended(job)).state).toBe('completed');
  });

  test.each(['before', 'after'] as const)(
    'is sent once if its answer is lost %s it takes effect',
    async (drop) => {
      const bytes = randomBytes(2_000);
      const before = (await inChat(bob)).length;
      await stack.control.fault({ method: 'messages.sendMedia', drop });
      const { status, body } = await send(
        { ...media(await upload(bytes)), text: 'once' },
        { Prefer: 'wait=60' },
      );
      expect([status, body.media]).toMatchObject([200, [{ type: 'document', size: 2_000 }]]);
      const sent = (await inChat(bob)).slice(before);
      expect(sent.map((message) => [message.id, message.media?.sha256])).toEqual([
        [body.message_id, sha256(bytes)],
      ]);
    },
  );

  test('is sent once over kill -9 of the worker in the middle of its upload', async () => {
    const bytes = randomBytes(20 * MIB);
    const before = (await inChat(bob)).length;
    await stack.control.fault({ method: 'upload.saveBigFilePart', delay_ms: 300, times: 100 });
    const job = (await send({ ...media(await upload(bytes)), text: 'once' }, LATER)).body.job_id;
    await expect.poll(() => /"msg":"uploaded"/.test(stack.worker.output)).toBe(true);
    await stack.worker.end('SIGKILL');
    await stack.control.clearFaults();
    await stack.startWorker();
    expect((await ended(job)).state).toBe('completed');
    const sent = (await inChat(bob)).slice(before);
    expect(sent.map((message) => [message.text, message.media?.sha256])).toEqual([['once', sha256(bytes)]]);
  });
};
