import * as contract from '@centralita/contract';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z as full } from 'zod';
import * as cast from '../src/testing/cast.ts';
import { z as small } from './zod-in-browser.ts';

type Builder = typeof full;
type Outcome = { readonly success: boolean; readonly data?: unknown };
const outcome = (schema: { safeParse(value: unknown): Outcome }, value: unknown): Outcome => {
  const { success, data } = schema.safeParse(value);
  return success ? { success, data } : { success };
};

/** Every form the contract is written in, with what it takes and what it refuses. */
const FORMS: readonly { readonly name: string; readonly make: (z: Builder) => { safeParse(value: unknown): Outcome }; readonly values: readonly unknown[] }[] = [
  { name: 'texts', make: (z) => z.object({ name: z.string().trim().min(1).max(5), code: z.string().regex(/^\d+$/).optional() }), values: [{ name: ' Ana ' }, { name: '  ' }, { name: 'largo de más' }, { name: 'a', code: '12' }, { name: 'a', code: 'x' }, { name: 1 }, null] },
  { name: 'numbers', make: (z) => z.object({ whole: z.number().int().min(0).max(9).nullable(), any: z.number().default(7) }), values: [{ whole: 3 }, { whole: null, any: 2.5 }, { whole: 1.5 }, { whole: -1 }, { whole: 10 }, { whole: 'x' }, { whole: NaN }, { whole: 1, any: Infinity }, {}] },
  { name: 'choices', make: (z) => z.array(z.enum(['a', 'b'])).min(1).max(2), values: [['a'], ['a', 'b'], [], ['a', 'b', 'a'], ['c'], 'a'] },
  { name: 'records', make: (z) => z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])), values: [{}, { a: 'x', b: 1, c: true, d: null }, { a: {} }, []] },
  { name: 'records by choice', make: (z) => z.record(z.enum(['es', 'en']), z.string()), values: [{ es: 'a', en: 'b' }, { es: 'a' }, { es: 'a', en: 'b', fr: 'c' }] },
  { name: 'kinds', make: (z) => z.discriminatedUnion('type', [z.object({ type: z.literal('a'), n: z.number() }), z.object({ type: z.literal('b') })]), values: [{ type: 'a', n: 1 }, { type: 'b', more: 1 }, { type: 'a' }, { type: 'c' }, {}] },
  { name: 'what is added', make: (z) => z.object({ a: z.string() }).extend({ b: z.boolean().nullable().describe('words') }), values: [{ a: 'x', b: null }, { a: 'x' }, { b: true }] },
  { name: 'what an address bar holds', make: (z) => z.object({ limit: z.coerce.number().int().min(1).max(200).default(50), mine: z.stringbool().optional() }), values: [{}, { limit: '7' }, { limit: 'x' }, { limit: '7', mine: 'true' }, { mine: 'no' }, { mine: 'perhaps' }] },
  { name: 'addresses', make: (z) => z.object({ email: z.email().max(30), ranges: z.array(z.union([z.cidrv4(), z.cidrv6()])), rest: z.unknown() }), values: [{ email: 'ana@ejemplo.es', ranges: ['10.0.0.0/8', '2001:db8::/32'], rest: [1] }, { email: 'ana', ranges: [], rest: 1 }, { email: 'ana@ejemplo.es', ranges: ['10.0.0.0'], rest: 1 }] },
];

describe("zod's small build takes and refuses what the whole one does", () => {
  for (const { name, make, values } of FORMS) {
    it(name, () => {
      const answers = values.map((value) => outcome(make(full), value));
      expect(values.map((value) => outcome(make(small as unknown as Builder), value))).toEqual(answers);
      expect(new Set(answers.map(({ success }) => success))).toEqual(new Set([true, false]));
    });
  }

  it('has every function and method that the contract is written with', () => {
    const folder = path.resolve(import.meta.dirname, '../../contract/src');
    const sources = globSync('*.ts', { cwd: folder }).map((name) => readFileSync(path.join(folder, name), 'utf8')).filter((source) => source.includes("from 'zod'"));
    const called = (pattern: RegExp): string[] => [...new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map(([, name]) => name!)))].sort();
    const functions = called(/\bz\.(\w+)[.(]/g).filter((name) => name !== 'infer');
    expect(functions.length).toBeGreaterThan(10);
    expect(functions.filter((name) => !(name in small))).toEqual([]);
    const methods = called(/(?:\)|Settings|Row|View|Definition|Registration)\s*\.(\w+)\(/g);
    expect(methods).toContain('extend');
    expect(methods.filter((name) => !(name in small.string()))).toEqual([]);
  });

  it('and the fixed cast is what the contract says, so that screens are drawn from what the server can send', () => {
    expect(contract.conversationView.safeParse(cast.conversation).success).toBe(true);
    expect(contract.sessionView.safeParse(cast.session('supervisor')).success).toBe(true);
    expect(contract.boardTotals.safeParse(cast.totals()).success).toBe(true);
  });
});
