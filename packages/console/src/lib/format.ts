/** Remaining time as `0:09`, `4:05`, `2:03:00`; never below zero. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A person's name in Telegram. */
export function nameOf(user: { first_name: string; last_name: string | null } | null): string {
  return user === null ? '' : [user.first_name, user.last_name].filter(Boolean).join(' ');
}
