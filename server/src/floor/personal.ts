import type { Table } from './table.ts';

const REFERENCE = /^per_[0-9a-hjkmnp-tv-z]{26}$/;

/** Replaces every personal reference in an effect's command by its value, just before it is performed. Unknown (erased) ones become empty. */
export function fillPersonal<Value>(value: Value, personal: Table<string>): Value {
  return fill(value, personal) as Value;
}

/** What holds no reference is handed on as it is: most commands name legs and bridges alone. */
function fill(value: unknown, personal: Table<string>): unknown {
  if (typeof value === 'string') return value.startsWith('per_') && REFERENCE.test(value) ? (personal.get(value) ?? '') : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const filled = value.map((one) => fill(one, personal));
    return filled.every((one, at) => one === value[at]) ? value : filled;
  }
  let filled: Record<string, unknown> | undefined;
  for (const key in value) {
    const before = (value as Record<string, unknown>)[key];
    const after = fill(before, personal);
    if (after !== before) (filled ??= { ...value })[key] = after;
  }
  return filled ?? value;
}
