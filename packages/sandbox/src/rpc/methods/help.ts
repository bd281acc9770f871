import type { TlObject } from '../../types.ts';
import { CLIENT_CONFIG } from '../client-config.ts';
import { LIMITS } from '../limits.ts';
import { unixSeconds, type Request } from '../telegram.ts';

const HOUR = 3_600;
const APP_CONFIG_HASH = 2;

export function getConfig({ call, telegram }: Request): TlObject {
  const date = unixSeconds(telegram);
  return {
    _: 'config',
    date,
    expires: date + HOUR,
    test_mode: false,
    this_dc: call.dcId,
    dc_options: telegram
      .dataCenters()
      .map(({ id, host, port }) => ({ _: 'dcOption', id, ip_address: host, port })),
    dc_txt_domain_name: '',
    ...CLIENT_CONFIG,
    caption_length_max: LIMITS.caption_length_limit_default,
    webfile_dc_id: call.dcId,
  };
}

export function getNearestDc({ call }: Request): TlObject {
  return { _: 'nearestDc', country: 'NL', this_dc: call.dcId, nearest_dc: call.dcId };
}

export function getAppConfig({ query }: Request): TlObject {
  if (query['hash'] === APP_CONFIG_HASH) return { _: 'help.appConfigNotModified' };
  const value = Object.entries(LIMITS).map(([key, limit]) => ({
    _: 'jsonObjectValue',
    key,
    value: { _: 'jsonNumber', value: limit },
  }));
  return { _: 'help.appConfig', hash: APP_CONFIG_HASH, config: { _: 'jsonObject', value } };
}

export function getCdnConfig(): TlObject {
  return { _: 'cdnConfig', public_keys: [] };
}

export function getTermsOfServiceUpdate({ telegram }: Request): TlObject {
  return { _: 'help.termsOfServiceUpdateEmpty', expires: unixSeconds(telegram) + HOUR };
}
