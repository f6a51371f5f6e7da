import type { TrunkProfile } from '../../port/index.ts';

type NumberFormat = TrunkProfile['numberFormat'];

/**
 * A number as the trunk wants it dialled. What has no plus (an extension, a short code, an emergency number) goes out as it is:
 * guessing a country for `112` would make it another number.
 */
export function toTrunk(number: string, format: NumberFormat): string {
  if (!number.startsWith('+')) return number;
  switch (format.kind) {
    case 'e164':
      return number;
    case 'digits':
      return number.slice(1);
    case 'national': {
      const digits = number.slice(1);
      if (digits.startsWith(format.countryCode)) return format.prefix + digits.slice(format.countryCode.length);
      return `00${digits}`;
    }
  }
}

/** A number as the trunk wrote it, in E.164 with a plus where that is certain; anything else stays as it came. */
export function fromTrunk(number: string, format: NumberFormat): string {
  const bare = number.replace(/[\s().-]/g, '');
  if (bare.startsWith('+') || !/^\d+$/.test(bare)) return bare;
  switch (format.kind) {
    case 'e164':
      return bare;
    case 'digits':
      // Shorter ones are national short codes and extensions (E.164: country code and subscriber number, seven digits and up in use).
      return bare.length >= 8 ? `+${bare}` : bare;
    case 'national':
      if (bare.startsWith('00')) return `+${bare.slice(2)}`;
      if (format.prefix !== '' && bare.startsWith(format.prefix)) return `+${format.countryCode}${bare.slice(format.prefix.length)}`;
      return format.prefix === '' && bare.length >= 7 ? `+${format.countryCode}${bare}` : bare;
  }
}
