import type { TlObject, TlValue } from '../types.ts';
import { isTlObject } from './tl-object.ts';

/*
 * The sandbox makes objects as layer 227 has them. Other layers leave out fields that they do not have; here are the
 * fields and objects that have another form there.
 */

/** By field and type. */
const OTHER_VALUES: Readonly<Record<string, (value: TlValue) => TlValue>> = {
  'documentAttributeVideo.duration:int': (seconds) =>
    typeof seconds === 'number' ? Math.round(seconds) : seconds,
  'poll.question:string': textOf,
  'pollAnswer.text:string': textOf,
};

/** By constructor. */
const OTHER_OBJECTS: Readonly<Record<string, (object: TlObject) => TlObject>> = {
  keyboardButtonRow: (row) => ({ ...row, _: 'keyboardInlineButtonRow' }),
  keyboardButtonCallback: ({ text, data }) => ({
    _: 'keyboardInlineButton',
    text,
    type: { _: 'inlineButtonTypeCallback', data },
  }),
};

/**
 * Converts values of a field whose type differs in some layers; `undefined` if it does not.
 * @param where the field, such as `poll.question`.
 * @param type a primitive type of TL.
 */
export function otherValueOf(where: string, type: string): ((value: TlValue) => TlValue) | undefined {
  return OTHER_VALUES[`${where}:${type}`];
}

/** The object in its other form; `undefined` if it has none. */
export function otherFormOf(object: TlObject): TlObject | undefined {
  return OTHER_OBJECTS[object._]?.(object);
}

/** Older layers have plain texts in place of texts with entities. */
function textOf(value: TlValue): TlValue {
  return isTlObject(value) && value._ === 'textWithEntities' ? value['text'] : value;
}
