/** Letters are not digits on every keypad; what people paste has spaces, dots, dashes, brackets and `tel:`. */
export function normaliseDialled(text: string): string | null {
  const bare = text.trim().replace(/^tel:/i, '').replace(/[\s().\-/\u00a0\u2010-\u2015]/g, '').replace(/^00(?=[1-9])/, '+');
  return /^\+?[0-9*#]{2,18}$/.test(bare) ? bare : null;
}

/** Two to six digits without a plus are an extension of the center. */
export const isExtension = (dialled: string): boolean => /^[0-9]{2,6}$/.test(dialled);

export const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;
export const KEY_LETTERS: Readonly<Record<string, string>> = { '2': 'ABC', '3': 'DEF', '4': 'GHI', '5': 'JKL', '6': 'MNO', '7': 'PQRS', '8': 'TUV', '9': 'WXYZ', '0': '+' };

export const isKey = (key: string): boolean => /^[0-9*#]$/.test(key);

export type QualityLevel = 'good' | 'fair' | 'poor';

/** First thresholds of the quality light: MOS 4 and 3.5; 5 % loss or 30 ms jitter is already fair at best. */
export function qualityLevel(quality: { readonly mos: number; readonly lossRatio: number; readonly jitterMs: number }): QualityLevel {
  if (quality.mos < 3.3 || quality.lossRatio > 0.1) return 'poor';
  if (quality.mos < 3.9 || quality.lossRatio > 0.05 || quality.jitterMs > 30) return 'fair';
  return 'good';
}
