import type { ContactMedia } from '../../state/media.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { textField } from '../fields.ts';

/** @throws {RpcError} PHONE_NUMBER_EMPTY, CONTACT_NAME_EMPTY. */
export function acceptContact(media: TlObject): ContactMedia {
  const [phone, firstName] = [textField(media, 'phone_number').trim(), textField(media, 'first_name').trim()];
  if (phone === '') throw rpcError('PHONE_NUMBER_EMPTY');
  if (firstName === '') throw rpcError('CONTACT_NAME_EMPTY');
  return {
    kind: 'contact',
    phone,
    firstName,
    lastName: textField(media, 'last_name'),
    vcard: textField(media, 'vcard'),
  };
}
