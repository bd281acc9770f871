/** A process of a benchmark that answers requests of its parent over node's IPC channel. */

type Request = Record<string, unknown>;

/** Reports that it is ready, and answers requests until the parent ends. */
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
