import { ACTIONS } from '@gateway/actions';

interface Field {
  safeParse(value: unknown): { success: boolean };
}

const FIELDS = Object.entries<Field>(ACTIONS.send.request.out.shape);

function namesOf(fits: (field: Field) => boolean): readonly string[] {
  return FIELDS.filter(([, field]) => fits(field)).map(([name]) => name);
}

/** Fields that no cell of a table can hold. */
const NOT_IN_TABLES = new Set(['media', 'location', 'contact', 'poll', 'quote']);

/** Every field of a send that a table can have as a column. */
export const COLUMNS = namesOf(() => true).filter((name) => !NOT_IN_TABLES.has(name));
/** Fields that are true or false. */
export const FLAGS = namesOf((field) => field.safeParse(true).success);
/** Fields whose cells stay text. `recipient_id` is one, because a number in a spreadsheet may lose digits. */
export const TEXTS = namesOf((field) => !field.safeParse(true).success && !isNumberOnly(field));
/** Fields that every message of a table needs. */
export const REQUIRED = [...namesOf((field) => !field.safeParse(undefined).success), 'text'];

function isNumberOnly(field: Field): boolean {
  return field.safeParse(1).success && !field.safeParse('1').success;
}
