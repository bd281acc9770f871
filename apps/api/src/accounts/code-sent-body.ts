import type { CodeSent } from '@gateway/contracts';

/** The response to a call that makes Telegram send a login code. `message` says where the code arrives. */
export function codeSentBody(jobId: string, sent: CodeSent) {
  return {
    status: 'code_sent',
    phone_code_hash: sent.phone_code_hash,
    message: whereTheCodeIs(sent),
    job_id: jobId,
    delivery: sent.delivery,
    ...(sent.delivery_detail !== undefined && { delivery_detail: sent.delivery_detail }),
    next_delivery: sent.next_delivery,
    code_length: sent.code_length,
    timeout: sent.timeout,
  };
}

/** A sentence that says where the code arrives. */
export function whereTheCodeIs({
  delivery,
  delivery_detail: detail,
  code_length: length,
}: Pick<CodeSent, 'delivery' | 'delivery_detail' | 'code_length'>): string {
  const beginning = detail ? `, beginning with ${detail}` : '';
  switch (delivery) {
    case 'app':
      return 'Code sent to Telegram';
    case 'sms':
      return 'Code sent by SMS';
    case 'sms_word':
      return `Code sent by SMS: it is a word${beginning}`;
    case 'sms_phrase':
      return `Code sent by SMS: it is a phrase${beginning}`;
    case 'call':
      return 'Telegram calls the phone and says the code';
    case 'flash_call':
      return `Telegram calls the phone and hangs up: the code is the number that calls${detail ? ` (${detail})` : ''}`;
    case 'missed_call':
      return `Telegram calls the phone and hangs up: the code is the last ${length ?? 'few'} digits of the number that calls${beginning}`;
    case 'email':
      return `Code sent by e-mail${detail ? ` to ${detail}` : ''}`;
    case 'fragment':
      return `Code sent to fragment.com${detail ? `: ${detail}` : ''}`;
    case 'email_setup_required':
      return 'No code is sent before the account has an e-mail address for sign-ins: set it up in an official app';
    case 'firebase':
      return 'Telegram shows this code to its official apps only: ask for the next way (resend), or sign in by QR code';
    case 'unknown':
      return 'Telegram has sent the code in a way that is not known here: look in the Telegram app, SMS and e-mail';
  }
}
