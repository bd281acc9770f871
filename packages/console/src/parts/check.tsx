import type { Text } from '@gateway/texts';
import { useWords } from '../lib/words.ts';

interface CheckProps {
  label: string;
  checked: boolean;
  onCheck: (on: boolean) => void;
}

/** A checkbox with its label. */
export function Check({ label, checked, onCheck }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onChange={({ currentTarget }) => onCheck(currentTarget.checked)}
      />
      {label}
    </label>
  );
}

interface ChecksProps<T extends string> {
  legend: string;
  labels: Record<T, Text>;
  chosen: readonly T[];
  onChoose: (chosen: T[]) => void;
  problem?: string | undefined;
}

/** Checkboxes of which any number can be chosen. */
export function Checks<T extends string>({ legend, labels, chosen, onChoose, problem }: ChecksProps<T>) {
  const { say } = useWords();
  const names = Object.keys(labels) as T[];
  return (
    <fieldset class="checks">
      <legend>{legend}</legend>
      {names.map((name) => (
        <Check
          key={name}
          label={say(labels[name])}
          checked={chosen.includes(name)}
          onCheck={(on) => onChoose(names.filter((each) => (each === name ? on : chosen.includes(each))))}
        />
      ))}
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
