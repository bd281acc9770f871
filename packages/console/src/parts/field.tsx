import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

interface FieldProps extends Omit<JSX.InputHTMLAttributes, 'id' | 'label' | 'onInput'> {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong with the value. */
  problem?: string | undefined;
  onText: (text: string) => void;
}

/** An input with its label, a hint and its error. */
export function Field({ label, hint, problem, onText, autofocus, ...input }: FieldProps) {
  const id = useId();
  const line = useRef<HTMLInputElement>(null);
  // Browsers apply `autofocus` when a page loads, not when a component is added. A layout effect runs before it is
  // visible, so early keystrokes are not lost.
  useLayoutEffect(() => {
    if (autofocus === true) line.current?.focus();
  }, []);
  const notes = [hint !== undefined && `${id}-hint`, problem !== undefined && `${id}-problem`].filter(
    Boolean,
  );
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        ref={line}
        id={id}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
        aria-invalid={problem !== undefined}
        {...(notes.length > 0 && { 'aria-describedby': notes.join(' ') })}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
