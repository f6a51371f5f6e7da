import { Popover } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
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

/** The tone keypad of a live call, under its key in the call bar. */
export function KeypadPopover({ label, disabledReason, onKey, children }: { readonly label: string; readonly disabledReason: string | undefined; readonly onKey: (digit: string) => void; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [sent, setSent] = useState('');
  const pad = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return setSent('');
    // After the popover is in place: its first key takes the focus, so that typing digits works at once.
    const timer = setTimeout(() => pad.current?.querySelector('button')?.focus(), 20);
    return () => clearTimeout(timer);
  }, [open]);
  const allowed = disabledReason === undefined;
  return (
    <Popover opened={open && allowed} onChange={setOpen} position="bottom" withArrow returnFocus offset={6}>
      <Popover.Target>
        <button type="button" className="key" aria-disabled={!allowed} title={disabledReason} onClick={() => allowed && setOpen(!open)}>
          {children}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div ref={pad} className="keypad-box">
          <output className="keypad-sent num" aria-label={label}>
            {sent || '\u00a0'}
          </output>
          <Keypad
            label={label}
            onKey={(digit) => {
              setSent((before) => (before + digit).slice(-18));
              onKey(digit);
            }}
          />
          <p className="small faint">{t('phone.keypadHint')}</p>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
