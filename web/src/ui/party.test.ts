import { createInstance, type TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import { en } from '../i18n/en/index.ts';
import { es } from '../i18n/es/index.ts';
import { nameOfParty, numberOfParty } from './party.ts';
import { formatPhoneNumber } from './phone-number.ts';

async function textsIn(language: 'es' | 'en'): Promise<TFunction> {
  return createInstance().init({ lng: language, resources: { es: { translation: es }, en: { translation: en } } });
}
const nobody = { number: '', name: null, contactId: null };

describe('a caller', () => {
  it('is called by name, else by number, else as withheld', async () => {
    const t = await textsIn('es');
    expect(nameOfParty({ kind: 'phone', number: '+34600000142', name: 'Ana', contactId: 'con_ana' }, t)).toBe('Ana');
    expect(nameOfParty({ ...nobody, kind: 'phone', number: '+34600000142' }, t)).toBe(formatPhoneNumber('+34600000142'));
    expect(nameOfParty({ ...nobody, kind: 'phone' }, t)).toBe('Número oculto');
  });

  it('[S0.5] from the call page is a web visitor, not a withheld number', async () => {
    const visitor = { ...nobody, kind: 'web' } as const;
    const [spanish, english] = [await textsIn('es'), await textsIn('en')];
    expect([nameOfParty(visitor, spanish), numberOfParty(visitor, spanish)]).toEqual(['Visitante web', 'Visitante web']);
    expect([nameOfParty(visitor, english), numberOfParty(visitor, english)]).toEqual(['Web visitor', 'Web visitor']);
  });
});
