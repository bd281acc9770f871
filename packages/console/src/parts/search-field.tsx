import { useEffect, useState } from 'preact/hooks';

/** ms without a keystroke before the search begins. */
const PAUSE_MS = 250;

interface SearchFieldProps {
  label: string;
  placeholder: string;
  /** What is searched for, as the page's address says. */
  value: string;
  /** Called with the text, without spaces around it, once typing pauses. */
  onSearch: (text: string) => void;
}

/** A search that begins when typing pauses, and follows the page's address. */
export function SearchField({ label, placeholder, value, onSearch }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    const text = typed.trim();
    if (text === value) return undefined;
    const timer = setTimeout(() => onSearch(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  // The address changed by itself: back, or a link. A space that was typed meanwhile stays.
  useEffect(() => setTyped((before) => (before.trim() === value ? before : value)), [value]);
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={placeholder}
      autocomplete="off"
      spellcheck={false}
      maxLength={64}
      value={typed}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
    />
  );
}
