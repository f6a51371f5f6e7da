import { describe, expect, it } from 'vitest';
import { CallerLookup, type KnownCaller } from './caller-lookup.ts';

const NUMBER = '+51 999 111 222';
const DIGITS = '51999111222';

/** A table whose answers come when the test says so. */
function givenLookup() {
  const asked: { number: string; answer: (name: string | null) => Promise<void> }[] = [];
  let news = 0;
  const failures: Promise<unknown>[] = [];
  const callers = new CallerLookup({
    contacts: {
      byNumbers: (_account, [number]) =>
        new Promise((answered) => {
          const answer = async (name: string | null) => {
            answered(new Map<string, KnownCaller>(name === null ? [] : [[number!, { contactId: `con_${name}`, name }]]));
            await new Promise((done) => setImmediate(done));
          };
          asked.push({ number: number!, answer });
        }),
      earlierCalls: () => Promise.resolve(0),
    },
    clock: { now: () => 0 },
    onNews: () => (news += 1),
    onFailure: (_reason, work) => failures.push(work),
  });
  const shown = () => callers.caller('acc_1', NUMBER).known?.name ?? null;
  return { callers, asked, shown, news: () => news };
}

describe('[fault row 25] a contact that is written while somebody looks', () => {
  it('is read again at once, and the name that is shown stays until then', async () => {
    const { callers, asked, shown, news } = givenLookup();
    expect(shown()).toBeNull();
    await asked[0]!.answer('Ana');
    expect([shown(), asked.length, news()]).toEqual(['Ana', 1, 1]);
    callers.forget('acc_1', [DIGITS]);
    expect(news(), 'whoever shows it is told to look again').toBe(2);
    expect([shown(), asked.length]).toEqual(['Ana', 2]);
    await asked[1]!.answer('Ana Quispe');
    expect([shown(), asked.length, news()]).toEqual(['Ana Quispe', 2, 3]);
  });

  it('is read again when it was being read just then, and the older answer does not hold', async () => {
    const { callers, asked, shown } = givenLookup();
    shown();
    callers.forget('acc_1', [DIGITS]);
    expect([shown(), asked.length]).toEqual([null, 2]);
    await asked[1]!.answer('Ana Quispe');
    await asked[0]!.answer('Ana');
    expect([shown(), asked.length]).toEqual(['Ana Quispe', 2]);
  });

  it('is read again when nobody asked between the writing and the older answer', async () => {
    const { callers, asked, shown } = givenLookup();
    shown();
    callers.forget('acc_1', [DIGITS]);
    await asked[0]!.answer('Ana');
    expect([shown(), asked.length]).toEqual(['Ana', 2]);
    await asked[1]!.answer('Ana Quispe');
    expect(shown()).toBe('Ana Quispe');
  });

  it('makes nobody read other numbers, nor another account', async () => {
    const { callers, asked, shown, news } = givenLookup();
    shown();
    await asked[0]!.answer('Ana');
    callers.forget('acc_1', ['51999111223']);
    callers.forget('acc_2', [DIGITS]);
    expect([shown(), asked.length, news()]).toEqual(['Ana', 1, 1]);
  });
});
