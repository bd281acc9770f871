import type { LocationMedia } from '../../state/media.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { flagField, objectField } from '../fields.ts';

/** A location can be live for so long. In seconds. */
const [SHORTEST, LONGEST, FOREVER] = [60, 86_400, 0x7fff_ffff];

/** The place in an `inputMediaGeoPoint`. @throws {RpcError} GEO_POINT_INVALID. */
export function acceptLocation(media: TlObject): LocationMedia {
  const point = objectField(media, 'geo_point');
  const { lat: latitude, long: longitude, accuracy_radius: accuracy } = point;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') throw rpcError('GEO_POINT_INVALID');
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) throw rpcError('GEO_POINT_INVALID');
  return {
    kind: 'location',
    latitude,
    longitude,
    ...(typeof accuracy === 'number' && { accuracy }),
  };
}

/** The place in an `inputMediaGeoLive`. @throws {RpcError} GEO_POINT_INVALID, MEDIA_INVALID. */
export function acceptLiveLocation(media: TlObject): LocationMedia {
  const { period, heading } = media;
  const seconds = flagField(media, 'stopped') ? SHORTEST : period;
  const isPeriod =
    typeof seconds === 'number' && (seconds === FOREVER || (seconds >= SHORTEST && seconds <= LONGEST));
  if (!isPeriod) throw rpcError('MEDIA_INVALID');
  return {
    ...acceptLocation(media),
    liveSeconds: seconds,
    ...(typeof heading === 'number' && { heading }),
  };
}
