import { freePort } from '../../scripts/lib/ports.mjs';

/** Settings of every process of a test's product, on free ports. */
export async function productSettings(redisUrl: string, dataDir: string) {
  return {
    REDIS_URL: redisUrl,
    DATA_DIR: dataDir,
    TELEGRAM_API_ID: '1',
    TELEGRAM_API_HASH: '0123456789abcdef0123456789abcdef',
    SANDBOX_PORT: String(await freePort()),
    SANDBOX_CONTROL_PORT: String(await freePort()),
    // Tests of the pace set it; other tests do not need it.
    SEND_PACE: 'off',
  };
}
