/** The sixteen keys in the order of their RFC 4733 event codes (section 3.2, table 3), and their tone pairs (ITU-T Q.23). */
export const DIGITS = '0123456789*#ABCD';

export const LOW_TONES_HZ = [697, 770, 852, 941] as const;
export const HIGH_TONES_HZ = [1_209, 1_336, 1_477, 1_633] as const;
const KEYPAD = ['123A', '456B', '789C', '*0#D'] as const;

/** @returns 0 to 15; −1 when it is no digit */
export const eventCodeOf = (digit: string): number => (digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1);
export const digitOfEventCode = (code: number): string | undefined => DIGITS[code];
export const digitOfTones = (low: number, high: number): string => KEYPAD[low]![high]!;

/** @returns both frequencies in hertz; undefined when it is no digit */
export function tonesOfDigit(digit: string): readonly [number, number] | undefined {
  const row = KEYPAD.findIndex((keys) => keys.includes(digit.toUpperCase()));
  return eventCodeOf(digit) < 0 ? undefined : [LOW_TONES_HZ[row]!, HIGH_TONES_HZ[KEYPAD[row]!.indexOf(digit.toUpperCase())]!];
}
