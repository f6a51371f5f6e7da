import { ignoreFailure } from '@centralita/kernel';
import { useSyncExternalStore } from 'react';

type Formatter = (number: string) => string;

let format: Formatter | null = null;
let loading = false;
const listeners = new Set<() => void>();
const cache = new Map<string, string>();

/** As people of the number's country write it. The table of countries weighs 80 kB: numbers show grouped plainly until it is here. */
export function formatPhoneNumber(number: string): string {
  if (!number.startsWith('+')) return number;
  load();
  if (!format) return number;
  let written = cache.get(number);
  if (written === undefined) cache.set(number, (written = format(number)));
  return written;
}

/** Renders again once the formatter has arrived. */
export function usePhoneNumbers(): void {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => format !== null,
  );
}

function load(): void {
  if (loading) return;
  loading = true;
  ignoreFailure(
    'phone number formats',
    import('libphonenumber-js/min').then(({ parsePhoneNumberFromString }) => {
      format = (number) => parsePhoneNumberFromString(number)?.formatInternational() ?? number;
      for (const listener of listeners) listener();
    }),
  );
}
