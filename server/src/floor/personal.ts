import type { Table } from './table.ts';

const REFERENCE = /^per_[0-9a-hjkmnp-tv-z]{26}$/;

/** Replaces every personal reference in an effect's command by its value, just before it is performed. Unknown (erased) ones become empty. */
export function fillPersonal<Value>(value: Value, personal: Table<string>): Value {
  return fill(value, personal) as Value;
}

function fill(value: unknown, personal: Table<string>): unknown {
  if (typeof value === 'string') return REFERENCE.test(value) ? (personal.get(value) ?? '') : value;
  if (Array.isArray(value)) return value.map((one) => fill(one, personal));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, personal)]));
}
