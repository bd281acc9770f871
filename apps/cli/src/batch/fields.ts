import { ACTIONS } from '@gateway/actions';

interface Field {
  safeParse(value: unknown): { success: boolean };
}

const FIELDS = Object.entries<Field>(ACTIONS.send.request.out.shape);

function namesOf(fits: (field: Field) => boolean): readonly string[] {
  return FIELDS.filter(([, field]) => fits(field)).map(([name]) => name);
}

/** Every field of a send. A table has a column for each. */
export const COLUMNS = namesOf(() => true);
/** Fields that are true or false. */
export const FLAGS = namesOf((field) => field.safeParse(true).success);
/** Fields whose cells stay text. `recipient_id` is one, because a number in a spreadsheet may lose digits. */
export const TEXTS = namesOf((field) => !field.safeParse(true).success && !isNumberOnly(field));
/** Fields that every message needs. */
export const REQUIRED = namesOf((field) => !field.safeParse(undefined).success);

function isNumberOnly(field: Field): boolean {
  return field.safeParse(1).success && !field.safeParse('1').success;
}
