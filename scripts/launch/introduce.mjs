import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../lib/say.mjs';
import { sandboxGuide, telegramGuide } from './guide.mjs';

/**
 * Prints the addresses of the product, and the first lines to paste.
 * @param {object} what
 * @param {import('../../packages/runtime/src/settings/settings.ts').Settings} what.settings
 * @param {string} what.apiUrl
 * @param {string} what.consoleUrl
 * @param {import('./parts.mjs').Sandbox | undefined} what.telegram
 */
export function introduce({ settings, apiUrl, consoleUrl, telegram }) {
  const redis = process.env['REDIS_URL']
    ? 'REDIS_URL'
    : `our own, data in ${join(settings.DATA_DIR, 'redis')}`;
  const sealedBy =
    settings.SESSION_ENCRYPTION_KEY === undefined
      ? `sealed by ${join(settings.DATA_DIR, 'session_encryption.key')}`
      : 'sealed';
  const mode =
    telegram === undefined
      ? '  Telegram   THE REAL ONE, with your TELEGRAM_API_ID. Accounts can be banned: see the README'
      : [
          '  ***  SANDBOX: no message leaves this machine. Set TELEGRAM_API_ID and TELEGRAM_API_HASH for the real Telegram.  ***',
          `  Sandbox    data centres on ports ${telegram.dataCenters.map(({ port }) => port).join(', ')}; control port ${telegram.control}`,
        ].join('\n');
  const urls = { api: apiUrl, needsKey: settings.API_KEYS.length > 0 };
  const guide =
    telegram === undefined ? telegramGuide(urls) : sandboxGuide({ ...urls, control: telegram.control });
  const board =
    settings.API_KEYS.length > 0 && settings.ADMIN_USER === undefined
      ? 'off: set ADMIN_USER and ADMIN_PASSWORD'
      : 'what waits, and why';
  const dotEnv = existsSync('.env') ? ' and .env' : '';
  say(`
  Unofficial Telegram User API gateway is running. Not made or endorsed by Telegram.

${mode}
  API        ${apiUrl}   (settings from the environment${dotEnv})
  Console    ${consoleUrl}   (sign in, send and watch in a browser)
  Pages      ${apiUrl}/docs (the API), ${apiUrl}/admin/queues (${board})
  Redis      ${redis}
  Sessions   ${join(settings.DATA_DIR, 'telegram_sessions')}, ${sealedBy}

  Paste these:

${guide.map((line) => `    ${line}`.trimEnd()).join('\n')}

  Ctrl-C stops everything; what was signed in and sent is there at the next start.
`);
}
