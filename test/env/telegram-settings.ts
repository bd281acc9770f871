/**
 * The settings with which the product finds the sandbox, made from the sandbox's ready message.
 * @throws {Error} if that message has another form.
 */
export function telegramSettings(ready: Record<string, unknown>): Record<string, string> {
  const { dataCenters, publicKeyFile, controlUrl } = ready;
  if (!Array.isArray(dataCenters) || typeof publicKeyFile !== 'string')
    throw new Error(`the sandbox did not report its address: ${JSON.stringify(ready)}`);
  return {
    TELEGRAM_DC: dataCenters.map(({ id, host, port }) => `${id}:${host}:${port}`).join(','),
    TELEGRAM_DC_KEY: publicKeyFile,
    SANDBOX_CONTROL_URL: String(controlUrl),
  };
}
