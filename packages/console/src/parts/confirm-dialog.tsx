import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useWords } from '../lib/words.ts';

interface ConfirmDialogProps {
  title: string;
  children: ComponentChildren;
  /** Label of the button that does it. */
  confirm: string;
  /** Label of the button that leaves everything as it is. */
  keep?: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks again before an action that cannot be undone. */
export function ConfirmDialog({ title, children, confirm, keep, onConfirm, onClose }: ConfirmDialogProps) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const act = async () => {
    if (!asked) return setAsked(true);
    setBusy(true);
    await onConfirm();
    onClose();
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="confirm-title">
      <h2 id="confirm-title">{title}</h2>
      {children}
      <p aria-live="polite" class="problem">
        {asked && t('Are you sure? This cannot be undone.')}
      </p>
      <div class="buttons end">
        <button type="button" onClick={() => dialog.current?.close()}>
          {keep ?? t('Keep it')}
        </button>
        <button type="button" class="danger" disabled={busy} onClick={() => void act()}>
          {asked ? confirm : t('Continue…')}
        </button>
      </div>
    </dialog>
  );
}
