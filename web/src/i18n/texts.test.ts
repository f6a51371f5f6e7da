import { describe, expect, it } from 'vitest';
import { en } from './en/index.ts';
import { es } from './es/index.ts';

function flat(tree: object, path = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(path + key, value);
    else for (const [inner, text] of flat(value as object, `${path}${key}.`)) all.set(inner, text);
  }
  return all;
}
const spanish = flat(es);
const english = flat(en);
const variables = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name!).sort();

describe('texts', () => {
  it('has every key in both languages, each with words', () => {
    expect([...english.keys()].sort()).toEqual([...spanish.keys()].sort());
    for (const [key, text] of [...spanish, ...english]) expect(text.trim(), key).not.toBe('');
  });

  it('names the same facts in both languages', () => {
    for (const [key, text] of spanish) expect(variables(english.get(key)!), key).toEqual(variables(text));
  });

  it('has all plural forms of whatever it counts', () => {
    for (const key of spanish.keys()) {
      if (key.endsWith('_one')) expect(spanish.has(key.replace(/_one$/, '_other')), key).toBe(true);
    }
  });

  it('phrases Spanish impersonally: no tú, no vos, no commands to a tú', () => {
    // Only forms that are nothing else: `espera` and `prueba` are nouns as well.
    const personal = /(?<!\bse)(^|[\s¡¿(«])(tú|tus?|ti|contigo|vos|te|puedes|podés|tienes|tenés|quieres|querés|eres|sos|estás|haz|elige|elegí|pulsa|pulsá|intenta|comprueba|recarga|inicia|revisa|escribe|asegúrate)([\s.,;:!?»)]|$)/i;
    for (const [key, text] of spanish) expect(personal.test(text), `${key}: ${text}`).toBe(false);
  });
});
