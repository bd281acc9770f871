import { recipientOf } from '../accounts/recipients.ts';
import type { RunStep } from './step.ts';

/** Presses a button. The account's turn ends before the bot answers. */
export const pressButton: RunStep<'message.press'> = async (
  client,
  { job, progress, askedAt, saveProgress },
) => {
  const { later } = await client.run('message.press', {
    recipient: recipientOf(job.recipient),
    messageId: job.messageId,
    button: job.button,
    askedAt,
    pressed: progress.pressed === true,
    notePressed: (pressed) => saveProgress({ ...progress, pressed }),
  });
  const end = later.then((result) => ({ progress: { ...progress, pressed: true, result } }));
  end.catch(() => {}); // Awaited once the turn is over.
  return { later: end };
};
