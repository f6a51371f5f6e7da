import { useState } from 'react';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number | 'any';
  readonly hint?: string;
  /** In a table the column says what it is. */
  readonly bare?: boolean;
  readonly change: (value: number) => void;
}

/** Takes what is typed as soon as it is a number within the limits; leaving it shows what was taken. */
export function NumberField({ label, value, min, max, step = 1, hint, bare = false, change }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const input = (
    <input
      type="number"
      className="field num"
      inputMode="decimal"
      value={typed ?? String(value)}
      min={min}
      max={max}
      step={step}
      aria-label={bare ? label : undefined}
      aria-invalid={typed !== null && !within(typed, min, max) ? true : undefined}
      onChange={(event) => {
        setTyped(event.target.value);
        if (within(event.target.value, min, max)) change(Number(event.target.value));
      }}
      onBlur={() => setTyped(null)}
    />
  );
  if (bare) return input;
  return (
    <label className="f">
      <span>{label}</span>
      {input}
      {hint ? <span className="small muted">{hint}</span> : null}
    </label>
  );
}

const within = (text: string, min: number, max: number): boolean => text !== '' && Number(text) >= min && Number(text) <= max;
