import type { Io } from './io.ts';

const TIMEOUT_MS = 500;

/**
 * The address where the sandbox shows the code sent to a phone; `null` if no sandbox runs beside the gateway. Does not
 * show the code itself: people read it there, as they would in Telegram.
 */
export async function sandboxHint(
  { env }: Pick<Io, 'env'>,
  gatewayUrl: string,
  phone: string,
): Promise<string | null> {
  if (!/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(gatewayUrl).hostname)) return null;
  const url = `http://127.0.0.1:${env['SANDBOX_CONTROL_PORT'] || 4480}/codes/${encodeURIComponent(phone)}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const shown: unknown = await response.json();
    const isCode = response.ok && typeof shown === 'object' && shown !== null && 'code' in shown;
    return isCode ? url.replace('%2B', '+') : null;
  } catch {
    return null;
  }
}
