import { type Language, invariant } from '@centralita/kernel';

/** A sound file of a number word: `<name>.wav`, and the text a prompt-making script speaks into it. */
export interface NumberWord {
  readonly name: string;
  readonly text: string;
}

const SPANISH_TO_30 = (
  'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve ' +
  'veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve treinta'
).split(' ');
const ENGLISH_TO_20 = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
).split(' ');
const SPANISH_TENS = ['cuarenta', 'cincuenta', 'sesenta', 'setenta', 'ochenta', 'noventa'];
const ENGLISH_TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const SPANISH_HUNDREDS = ['cien', 'doscientos', 'trescientos', 'cuatrocientos', 'quinientos', 'seiscientos', 'setecientos', 'ochocientos', 'novecientos'];

/** `number-and` is "y"; `number-hundred-and` is "ciento", since "cien" stands alone only. */
const SPANISH_WORDS: readonly NumberWord[] = [
  ...SPANISH_TO_30.map((text, n) => ({ name: `number-${n}`, text })),
  ...SPANISH_TENS.map((text, i) => ({ name: `number-${40 + i * 10}`, text })),
  ...SPANISH_HUNDREDS.map((text, i) => ({ name: `number-${(i + 1) * 100}`, text })),
  { name: 'number-hundred-and', text: 'ciento' },
  { name: 'number-and', text: 'y' },
];

const ENGLISH_WORDS: readonly NumberWord[] = [
  ...ENGLISH_TO_20.map((text, n) => ({ name: `number-${n}`, text })),
  ...Array.from({ length: 9 }, (_, i) => ({ name: `number-${21 + i}`, text: `twenty-${ENGLISH_TO_20[i + 1]!}` })),
  ...ENGLISH_TENS.slice(1).map((text, i) => ({ name: `number-${30 + i * 10}`, text })),
  ...Array.from({ length: 9 }, (_, i) => ({ name: `number-${(i + 1) * 100}`, text: `${ENGLISH_TO_20[i + 1]!} hundred` })),
  { name: 'number-and', text: 'and' },
];

/** Every number word file a language needs in `sounds/<language>/`. */
export const numberWordFiles = (language: Language): readonly NumberWord[] => (language === 'es' ? SPANISH_WORDS : ENGLISH_WORDS);

/**
 * The files that say a number, in order. Above 999 its digits are said one by one: nobody is told a place of four figures,
 * and a wait that long is rounded by whoever asks.
 *
 * @param value an integer, 0 or more
 */
export function numberWords(value: number, language: Language): readonly string[] {
  invariant(Number.isSafeInteger(value) && value >= 0, `a number to say is a whole one from 0 on, not ${value}`);
  if (value > 999) return [...String(value)].map((digit) => `number-${digit}`);
  if (value < 100) return belowHundred(value, language);
  const rest = value % 100;
  const hundreds = value - rest;
  if (rest === 0) return [`number-${hundreds}`];
  if (language === 'en') return [`number-${hundreds}`, 'number-and', ...belowHundred(rest, language)];
  return [hundreds === 100 ? 'number-hundred-and' : `number-${hundreds}`, ...belowHundred(rest, language)];
}

function belowHundred(value: number, language: Language): readonly string[] {
  const ones = value % 10;
  if (value <= 30 || ones === 0) return [`number-${value}`];
  return language === 'es' ? [`number-${value - ones}`, 'number-and', `number-${ones}`] : [`number-${value - ones}`, `number-${ones}`];
}
