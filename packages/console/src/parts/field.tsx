import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

interface FieldProps extends Omit<JSX.InputHTMLAttributes, 'id' | 'label' | 'onInput'> {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong with what stands there. */
  problem?: string | undefined;
  onText: (text: string) => void;
}

/** A line to write in, with its label, a hint, and what is wrong with it. */
export function Field({ label, hint, problem, onText, autofocus, ...input }: FieldProps) {
  const id = useId();
  const line = useRef<HTMLInputElement>(null);
  // Browsers heed the attribute when a page is loaded, not when a part comes into it. Before it is seen: what is typed right away must not get lost.
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
