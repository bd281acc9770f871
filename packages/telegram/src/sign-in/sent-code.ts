import type { CodeDelivery, CodeSent } from '@gateway/contracts';
import type { Api } from 'telegram/tl/index.js';

/** Converts Telegram's `auth.sentCode` to the API's form. */
export function toCodeSent(sent: Api.auth.SentCode): CodeSent {
  return {
    phone_code_hash: sent.phoneCodeHash,
    delivery: deliveryOf(sent.type),
    ...detailOf(sent.type),
    next_delivery: sent.nextType ? nextDeliveryOf(sent.nextType) : null,
    code_length: 'length' in sent.type ? sent.type.length : null,
    timeout: sent.timeout ?? null,
  };
}

const DELIVERIES: Readonly<Record<Api.auth.TypeSentCodeType['className'], CodeDelivery>> = {
  'auth.SentCodeTypeApp': 'app',
  'auth.SentCodeTypeSms': 'sms',
  'auth.SentCodeTypeSmsWord': 'sms_word',
  'auth.SentCodeTypeSmsPhrase': 'sms_phrase',
  'auth.SentCodeTypeCall': 'call',
  'auth.SentCodeTypeFlashCall': 'flash_call',
  'auth.SentCodeTypeMissedCall': 'missed_call',
  'auth.SentCodeTypeEmailCode': 'email',
  'auth.SentCodeTypeSetUpEmailRequired': 'email_setup_required',
  'auth.SentCodeTypeFragmentSms': 'fragment',
  'auth.SentCodeTypeFirebaseSms': 'firebase',
};

const NEXT_DELIVERIES: Readonly<Record<Api.auth.TypeCodeType['className'], CodeDelivery>> = {
  'auth.CodeTypeSms': 'sms',
  'auth.CodeTypeCall': 'call',
  'auth.CodeTypeFlashCall': 'flash_call',
  'auth.CodeTypeMissedCall': 'missed_call',
  'auth.CodeTypeFragmentSms': 'fragment',
};

/** Telegram's hint where to find the code: a masked address, the number of a call, or how a word begins. */
function detailOf(type: Api.auth.TypeSentCodeType): Pick<CodeSent, 'delivery_detail'> {
  const detail = DETAILS.map((field) => textIn(type, field)).find((text) => text !== '');
  return detail === undefined ? {} : { delivery_detail: detail };
}

const DETAILS = ['emailPattern', 'pattern', 'prefix', 'url', 'beginning'] as const;

function textIn(type: object, field: (typeof DETAILS)[number]): string {
  const value: unknown = Reflect.get(type, field);
  return typeof value === 'string' ? value : '';
}

function deliveryOf(type: Api.auth.TypeSentCodeType): CodeDelivery {
  return DELIVERIES[type.className] ?? 'unknown';
}

function nextDeliveryOf(type: Api.auth.TypeCodeType): CodeDelivery {
  return NEXT_DELIVERIES[type.className] ?? 'unknown';
}
