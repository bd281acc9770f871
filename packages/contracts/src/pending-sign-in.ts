import * as z from 'zod';
import { codeDetailsSchema } from './code-sent.ts';

const hint = z.string().nullable().describe("The owner's hint at the password, once needed");

/** A sign-in by code that has begun: what another person needs to finish it. Without the hash of the code. */
export const signInByCodeSchema = codeDetailsSchema.extend({
  by: z.literal('code'),
  phone_number: z.string(),
  sent_at: z.iso.datetime().describe('When the latest code was sent'),
  hint,
});

/** A sign-in by QR code that has begun. */
export const signInByQrSchema = z.object({ by: z.literal('qr'), hint }).meta({ id: 'SignInByQr' });

export const pendingSignInSchema = z.discriminatedUnion('by', [signInByCodeSchema, signInByQrSchema]);
export type PendingSignIn = z.infer<typeof pendingSignInSchema>;
