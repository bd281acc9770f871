import { useId } from 'preact/hooks';
import { nameOf } from '../lib/format.ts';
import { useGateway } from '../lib/gateway.ts';
import { usePolled } from '../lib/hooks.ts';
import { Field } from './field.tsx';

const EVERY_MS = 60_000;
/** Accounts that are suggested. */
const SUGGESTED = 20;

interface AccountFieldProps {
  label: string;
  value: string;
  onText: (text: string) => void;
  /** Called when the person has finished typing, or chose a suggestion. */
  onChosen?: () => void;
}

/** The name of an account. The gateway suggests those whose name, username or phone has what was typed. */
export function AccountField({ label, value, onText, onChosen }: AccountFieldProps) {
  const { client } = useGateway();
  const id = useId();
  const { value: found } = usePolled(
    (signal) => client.accounts.list({ q: value.trim(), limit: SUGGESTED, signal }),
    EVERY_MS,
    [client, value.trim()],
  );
  return (
    <>
      <Field
        label={label}
        list={id}
        autocomplete="off"
        spellcheck={false}
        value={value}
        onText={onText}
        onChange={onChosen}
      />
      <datalist id={id}>
        {found?.accounts
          .filter(({ authorized }) => authorized)
          .map(({ user_id, user_info }) => (
            <option key={user_id} value={user_id}>
              {nameOf(user_info)}
            </option>
          ))}
      </datalist>
    </>
  );
}
