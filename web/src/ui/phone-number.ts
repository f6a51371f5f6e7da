// Countries whose calling code has two digits (ITU-T E.164, list of assigned codes); 1 and 7 have one, all others three.
const TWO_DIGIT_CODES = new Set('20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(' '));

/** A number is read as one word: no line ends inside it. */
const NO_BREAK = '\u00A0';

/**
 * An international number in groups that can be read aloud: `+34 600 000 142`. Only digits are spaced, none is added or dropped. The
 * national habits of every country would take a table of 30 kB (libphonenumber) in the first load, for the places of some spaces.
 */
export function formatPhoneNumber(number: string): string {
  const digits = /^\+([0-9]{6,15})$/.exec(number)?.[1];
  if (!digits) return number;
  const codeLength = digits.startsWith('1') || digits.startsWith('7') ? 1 : TWO_DIGIT_CODES.has(digits.slice(0, 2)) ? 2 : 3;
  return [`+${digits.slice(0, codeLength)}`, ...groups(digits.slice(codeLength))].join(NO_BREAK);
}

/** Threes; what would leave a single digit becomes a four at the end (10 digits: 3 3 4; 8: 4 4). */
function groups(digits: string): readonly string[] {
  if (digits.length <= 4) return [digits];
  if (digits.length === 8) return [digits.slice(0, 4), digits.slice(4)];
  if (digits.length % 3 === 1) return [...groups(digits.slice(0, -4)), digits.slice(-4)];
  return [digits.slice(0, 3), ...groups(digits.slice(3))];
}
