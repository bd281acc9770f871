import * as z from 'zod';

/** How Telegram delivers a login code, after its `auth.SentCodeType`. */
const codeDeliverySchema = z
  .enum([
    'app',
    'sms',
    'call',
    'flash_call',
    'missed_call',
    'email',
    'email_setup_required',
    'fragment',
    'firebase',
    'sms_word',
    'sms_phrase',
    'unknown',
  ])
  .meta({ id: 'CodeDelivery' });
export type CodeDelivery = z.infer<typeof codeDeliverySchema>;

/** How a code was sent, for the person who enters it. */
export const codeDetailsSchema = z
  .object({
    delivery: codeDeliverySchema,
    /**
     * Telegram's detail on the delivery, if any: the masked e-mail address, the number that calls, the address at
     * fragment.com.
     */
    delivery_detail: z.string().optional(),
    next_delivery: codeDeliverySchema.nullable(),
    /** Number of characters in the code, if Telegram states it. */
    code_length: z.number().int().nullable(),
    /** Seconds until the next delivery may be requested, if Telegram states it. */
    timeout: z.number().int().nullable(),
  })
  .meta({ id: 'CodeDetails' });

export const codeSentSchema = z.object({ phone_code_hash: z.string(), ...codeDetailsSchema.shape });
export type CodeSent = z.infer<typeof codeSentSchema>;
