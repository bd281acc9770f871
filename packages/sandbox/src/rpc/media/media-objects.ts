import type { ContactMedia, LocationMedia, Media } from '../../state/media.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { fileMediaObject } from './file-objects.ts';
import { pollObject } from './poll-object.ts';

/** The `MessageMedia` as one account sees it. */
export function mediaObject(store: Store, viewerId: number, media: Media): TlObject {
  switch (media.kind) {
    case 'file':
      return fileMediaObject(store, viewerId, media);
    case 'location':
      return locationObject(media);
    case 'contact':
      return contactObject(store, media);
    case 'poll':
      return pollObject(media);
  }
}

function locationObject({ latitude, longitude, accuracy, liveSeconds, heading }: LocationMedia): TlObject {
  const geo = {
    _: 'geoPoint',
    lat: latitude,
    long: longitude,
    access_hash: 0n,
    accuracy_radius: accuracy,
  };
  if (liveSeconds === undefined) return { _: 'messageMediaGeo', geo };
  return { _: 'messageMediaGeoLive', geo, heading, period: liveSeconds };
}

function contactObject({ state }: Store, { phone, firstName, lastName, vcard }: ContactMedia): TlObject {
  return {
    _: 'messageMediaContact',
    phone_number: phone,
    first_name: firstName,
    last_name: lastName,
    vcard,
    user_id: BigInt(state.accountByPhone.get(phone.replace(/\D/g, ''))?.id ?? 0),
  };
}
