import { expect, test } from 'vitest';
import { takeIn, takeInSnapshot } from './intake.ts';

const offered = { seq: 7, at: 1_000, account: 'acc_1', fact: { type: 'leg-offered', legId: 'leg_1', from: { kind: 'loopback' }, caller: { number: '51999111222', name: 'Ana' }, dialled: '100' } } as const;

test('[design 3] what reaches the floor holds references; the values travel beside it', () => {
  const { input, personal } = takeIn(offered, 5);
  expect(JSON.stringify(input)).not.toMatch(/51999111222|Ana|"100"/);
  expect(Object.values(personal).sort()).toEqual(['100', '51999111222', 'Ana']);
  expect(input).toMatchObject({ type: 'telephony', seq: 7, at: 1_000, committedSeq: 5 });
  const fact = input.fact;
  expect(fact.type === 'leg-offered' && personal[fact.caller.number]).toBe('51999111222');
});

test('a withheld number stays empty, and digits are personal too', () => {
  const withheld = takeIn({ ...offered, fact: { ...offered.fact, caller: { number: '' } } }, 0);
  expect(withheld.input.fact).toMatchObject({ caller: { number: '' } });
  const digit = takeIn({ ...offered, fact: { type: 'digit', legId: 'leg_1', digit: '4', durationMs: 100, via: 'rfc4733' } }, 0);
  expect(Object.values(digit.personal)).toEqual(['4']);
});

test('a snapshot keeps the callers of legs that nobody has seen yet, by reference, and no others', () => {
  const leg = { account: 'acc_1', caller: { number: '51999111222' }, dialled: '100', since: 0 };
  const { snapshot, personal } = takeInSnapshot({
    seq: 9,
    at: 0,
    legs: [
      { ...leg, legId: 'leg_new', state: 'offered' },
      { ...leg, legId: 'leg_known', state: 'answered' },
    ],
    endedLegs: [],
    recordings: [],
    devices: [],
    trunks: [],
  });
  expect(snapshot.legs[1]).toMatchObject({ caller: { number: '' }, dialled: '' });
  expect(personal[snapshot.legs[0]!.caller.number]).toBe('51999111222');
  expect(JSON.stringify(snapshot)).not.toContain('51999111222');
});
