import { isKey, KEY_LETTERS, KEYS } from './dial.view-model.ts';

/** Twelve keys. Physical keys work too while the focus is inside. */
export function Keypad({ label, onKey, listen = true }: { readonly label: string; readonly onKey: (digit: string) => void; readonly listen?: boolean }) {
  return (
    <div
      className="keypad"
      role="group"
      aria-label={label}
      onKeyDown={(event) => {
        if (!listen || event.ctrlKey || event.altKey || event.metaKey || !isKey(event.key)) return;
        event.preventDefault();
        onKey(event.key);
      }}
    >
      {KEYS.map((key) => (
        <button key={key} type="button" onClick={() => onKey(key)}>
          <b>{key}</b>
          <small aria-hidden="true">{KEY_LETTERS[key] ?? ''}</small>
        </button>
      ))}
    </div>
  );
}
