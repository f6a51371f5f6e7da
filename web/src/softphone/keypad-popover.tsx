import { Popover } from '@mantine/core';
import { IconGridDots } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Overlays } from '../ui/overlays.tsx';
import { Keypad } from './keypad.tsx';

export interface KeypadPopoverProps {
  readonly label: string;
  readonly disabledReason: string | undefined;
  readonly onKey: (digit: string) => void;
}

/** The tone keypad of a live call, under its key in the call bar. */
export function KeypadPopover({ label, disabledReason, onKey, startOpen }: KeypadPopoverProps & { readonly startOpen: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(startOpen);
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
    <Overlays>
    <Popover opened={open && allowed} onChange={setOpen} position="bottom" withArrow returnFocus offset={6}>
      <Popover.Target>
        <button type="button" className="key" aria-disabled={!allowed} title={disabledReason} onClick={() => allowed && setOpen(!open)}>
          <IconGridDots className="i" aria-hidden={true} />
          {t('workspace.keypad')}
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
    </Overlays>
  );
}
