import { createParser } from 'eventsource-parser';

export interface ReadEvent {
  event: string | undefined;
  id: string | undefined;
  // Tests read events without types, because they check the content.
  // oxlint-disable-next-line typescript/no-explicit-any
  data: any;
}

/** All events of a stream that has ended; `data` is parsed as JSON. */
export function readEvents(stream: string): ReadEvent[] {
  const events: ReadEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, id, data }) => events.push({ event, id, data: JSON.parse(data) }),
  });
  parser.feed(stream);
  return events;
}
