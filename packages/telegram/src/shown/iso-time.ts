/** The latest time that was written: the messages of a second, and a message and its event, show the same. */
let latest = { seconds: NaN, text: '' };

/** RFC 3339, UTC. @param seconds since the epoch, whole as Telegram's times are. */
export function isoTime(seconds: number): string {
  if (seconds !== latest.seconds)
    latest = { seconds, text: new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z') };
  return latest.text;
}
