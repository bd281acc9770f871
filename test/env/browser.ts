import { accessSync, constants } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Common paths of Chromium; CHROMIUM_PATH names another. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium that tests use; `null`: none was found, and browser tests are skipped. */
export const CHROMIUM = [process.env['CHROMIUM_PATH'], ...PLACES].find(isExecutable) ?? null;

function isExecutable(path: string | undefined): boolean {
  try {
    accessSync(path ?? '', constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A separate browser for a test, without access to the internet. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(CHROMIUM !== null && { executablePath: CHROMIUM }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
