import { createParser } from 'eventsource-parser';

export interface ReadEvent {
  event: string | undefined;
  id: string | undefined;
  // Tests look into events freely; what they find is what they check.
  // oxlint-disable-next-line typescript/no-explicit-any
  data: any;
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
