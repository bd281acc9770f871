/**
 * The settings by which the product finds the sandbox, out of what the sandbox says when it is up.
 * @throws {Error} where that says something else.
 */
export function telegramSettings(ready: Record<string, unknown>): Record<string, string> {
  const { dataCenters, publicKeyFile, controlUrl } = ready;
  if (!Array.isArray(dataCenters) || typeof publicKeyFile !== 'string')
    throw new Error(`the sandbox did not say where it is: ${JSON.stringify(ready)}`);
  return {
    TELEGRAM_DC: dataCenters.map(({ id, host, port }) => `${id}:${host}:${port}`).join(','),
    TELEGRAM_DC_KEY: publicKeyFile,
    SANDBOX_CONTROL_URL: String(controlUrl),
  };
}
