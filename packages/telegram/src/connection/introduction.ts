import type { AccountDevice } from '@gateway/contracts';
import { LAYER } from 'telegram/tl/AllTLObjects.js';
import { Api } from 'telegram/tl/index.js';

/** What an account says about itself if neither the settings nor its sign-in do. */
const DEVICE: Record<keyof AccountDevice, string> = {
  device_model: 'Unofficial Telegram User API gateway',
  system_version: `Node.js ${process.versions.node}`,
  app_version: '0.1',
  lang_code: 'en',
};

/** The first call of a connection: it says which layer and device the client has, and makes `query`. */
export function introducing(query: Api.AnyRequest, apiId: number, device: AccountDevice = {}) {
  const initConnection = new Api.InitConnection({
    apiId,
    deviceModel: device.device_model ?? DEVICE.device_model,
    systemVersion: device.system_version ?? DEVICE.system_version,
    appVersion: device.app_version ?? DEVICE.app_version,
    systemLangCode: device.lang_code ?? DEVICE.lang_code,
    langPack: '',
    langCode: device.lang_code ?? DEVICE.lang_code,
    query,
  });
  return new Api.InvokeWithLayer({ layer: LAYER, query: initConnection });
}
