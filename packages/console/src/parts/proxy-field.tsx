import type { ComponentChildren } from 'preact';
import { useWords } from '../lib/words.ts';
import { Field } from './field.tsx';

interface ProxyFieldProps {
  value: string;
  onText: (address: string) => void;
  problem: string | undefined;
  /** What an empty address means. */
  hint: ComponentChildren;
}

/** The address of an account's own proxy. */
export function ProxyField({ hint, ...field }: ProxyFieldProps) {
  const { t } = useWords();
  return (
    <Field
      {...field}
      label={t('Address of the proxy')}
      name="proxy"
      type="text"
      autocomplete="off"
      autocapitalize="none"
      spellcheck={false}
      hint={
        <>
          {t(
            'socks5://user:password@host:port, http://user:password@host:port or mtproxy://secret@host:port.',
          )}{' '}
          {hint}
        </>
      }
    />
  );
}
