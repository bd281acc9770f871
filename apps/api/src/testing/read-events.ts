import { createParser } from 'eventsource-parser';

export interface ReadEvent {
  event: string | undefined;
  id: string | undefined;
  data: unknown;
}

/** Every event of a stream that has ended; `data` is read as JSON. */
export function readEvents(stream: string): ReadEvent[] {
  const events: ReadEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, id, data }) => events.push({ event, id, data: JSON.parse(data) }),
  });
  parser.feed(stream);
  return events;
}
