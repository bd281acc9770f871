import type { TlObject } from '../../types.ts';
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
    chat_size_max: 200,
    megagroup_size_max: 200_000,
    forwarded_count_max: 100,
    online_update_period_ms: 210_000,
    offline_blur_timeout_ms: 5_000,
    offline_idle_timeout_ms: 30_000,
    online_cloud_timeout_ms: 300_000,
    notify_cloud_delay_ms: 30_000,
    notify_default_delay_ms: 1_500,
    push_chat_period_ms: 60_000,
    push_chat_limit: 2,
    edit_time_limit: 172_800,
    revoke_time_limit: 2_147_483_647,
    revoke_pm_time_limit: 2_147_483_647,
    rating_e_decay: 2_419_200,
    stickers_recent_limit: 200,
    channels_read_media_period: 604_800,
    call_receive_timeout_ms: 20_000,
    call_ring_timeout_ms: 90_000,
    call_connect_timeout_ms: 30_000,
    call_packet_timeout_ms: 10_000,
    me_url_prefix: 'https://t.me/',
    caption_length_max: LIMITS.caption_length_limit_default,
    message_length_max: 4_096,
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
