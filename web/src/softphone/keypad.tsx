import { useEffect, useRef } from 'react';
import { isKey, KEY_LETTERS, KEYS } from './dial.view-model.ts';

export interface KeypadProps {
  readonly label: string;
  readonly onKey: (digit: string) => void;
  /** Physical keys work wherever the focus is, but for fields that take text; otherwise while it is inside. */
  readonly everywhere?: boolean;
}

/** Twelve keys, on the screen and on the keyboard. */
export function Keypad({ label, onKey, everywhere = false }: KeypadProps) {
  const pad = useRef<HTMLDivElement>(null);
  const press = useRef(onKey);
  press.current = onKey;
  useEffect(() => {
    const listening = everywhere ? window : pad.current!;
    const take = (event: Event) => {
      const { key, ctrlKey, altKey, metaKey, repeat, target } = event as KeyboardEvent;
      if (ctrlKey || altKey || metaKey || repeat || !isKey(key)) return;
      if (target instanceof Element && target.closest('input, textarea, select, [contenteditable]')) return;
      event.preventDefault();
      press.current(key);
    };
    listening.addEventListener('keydown', take);
    return () => listening.removeEventListener('keydown', take);
  }, [everywhere]);
  return (
    <div ref={pad} className="keypad" role="group" aria-label={label}>
      {KEYS.map((key) => (
        <button key={key} type="button" onClick={() => onKey(key)}>
          <b>{key}</b>
          <small aria-hidden="true">{KEY_LETTERS[key] ?? ''}</small>
        </button>
      ))}
    </div>
  );
}
