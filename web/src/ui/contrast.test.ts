import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

type Theme = 'light' | 'dark';
function tokens(theme: Theme): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name, value] of css.matchAll(/--([\w-]+):\s*([^;]+);/g)) {
    const pair = /light-dark\(\s*(#[0-9A-Fa-f]{6})\s*,\s*(#[0-9A-Fa-f]{6})\s*\)/.exec(value!);
    const single = /^#[0-9A-Fa-f]{6}$/.exec(value!.trim());
    if (pair) found.set(name!, theme === 'light' ? pair[1]! : pair[2]!);
    else if (single) found.set(name!, single[0]);
  }
  return found;
}

/** Relative luminance and contrast as in WCAG 2.2. */
function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

const surfaces = ['surface', 'ground', 'sunken', 'hover'];
const tones = ['text', 'text-2', 'text-3', 'petrol-text', 'green-text', 'violet-text', 'red-text', 'amber-text'];
const onTint = ['petrol', 'green', 'violet', 'red', 'amber'].flatMap((hue) => [[`${hue}-text`, `${hue}-tint`], ['text', `${hue}-tint`], ['text-2', `${hue}-tint`]] as const);
const pairs: readonly (readonly [string, string])[] = [
  ...tones.flatMap((tone) => surfaces.map((surface) => [tone, surface] as const)),
  ...onTint,
  ['text-3', 'red-tint'],
  ['green-text', 'red-tint'],
  ['violet-text', 'red-tint'],
  ['on-primary', 'primary'],
  ['on-answer', 'answer'],
  ['on-danger', 'danger'],
  ['bar-text', 'bar'],
  ['bar-text-2', 'bar'],
  ['bar-text', 'bar-raised'],
  ['bar-text-2', 'bar-raised'],
  ['bar-green', 'bar'],
  ['bar-amber', 'bar'],
  ['bar-violet', 'bar'],
  ['bar-violet', 'bar-raised'],
  ['bar-on-answer', 'bar-answer'],
];

describe('contrast', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`reaches 4.5 for every pair used for text, ${theme}`, () => {
      const all = tokens(theme);
      for (const [text, ground] of pairs) {
        const ratio = contrast(all.get(text)!, all.get(ground)!);
        expect(ratio, `${text} on ${ground}: ${ratio.toFixed(2)}`).toBeGreaterThanOrEqual(4.5);
      }
    });

    it(`reaches 3 for the edges of controls, ${theme}`, () => {
      const all = tokens(theme);
      for (const ground of ['surface', 'ground']) expect(contrast(all.get('line-strong')!, all.get(ground)!)).toBeGreaterThanOrEqual(3);
    });
  }
});
