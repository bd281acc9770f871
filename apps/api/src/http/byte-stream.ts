/**
 * A body of these chunks, each of which is made once the caller has room for it.
 * @param first is sent first.
 * @param onFailure called with the error that ends the body early. It must cut the connection, so that the caller does
 * not take the body for complete.
 */
export function byteStream(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(first);
    },
    async pull(controller) {
      try {
        const next = await rest.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      } catch (error) {
        onFailure(error);
      }
    },
    async cancel() {
      await rest.return?.();
    },
  });
}
