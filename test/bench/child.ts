/** A process that a benchmark asks to do things, over the channel that node gives it. */

type Request = Record<string, unknown>;

/** Says that it is ready, and does what it is asked until the parent goes. */
export async function answerParent(
  calls: Readonly<Record<string, (request: Request) => Promise<unknown>>>,
): Promise<void> {
  process.on('message', (message: Request) => {
    const { id, call, ...request } = message;
    const done = calls[String(call)]?.(request) ?? Promise.reject(new Error(`no such call: ${String(call)}`));
    done.then(
      (result) => process.send?.({ type: 'answer', id, result }),
      (error: unknown) => process.send?.({ type: 'answer', id, error: String(error) }),
    );
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ type: 'ready' });
}
