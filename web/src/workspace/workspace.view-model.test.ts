import { describe, expect, it } from 'vitest';
import { applyFeedChange } from '@centralita/contract';
import { readMe } from '../live/me.view-model.ts';
import type { PhoneState } from '../softphone/phone.ts';
import { afterService, agent, ana, call, conversation, NOW, offer, rows, session } from '../testing/cast.ts';
import { callKind, canCallBack, filterCalls } from './calls.view-model.ts';
import { formFromServer } from './form.view-model.ts';
import { conversationOf, endsSoon, momentOf, ringProgress, whyNot } from './moment.view-model.ts';

const phone = (change: Partial<PhoneState> = {}): PhoneState => ({ transport: 'registered', call: null, muted: false, remote: null, microphone: null, fault: null, failure: null, ...change });
const ringing: PhoneState['call'] = { id: '1', direction: 'incoming', offerId: offer.offerId, state: 'ringing', dialled: null, caller: null };
const { statuses } = session();
const moment = (state: Record<string, unknown>, present = phone()) => momentOf(readMe(state), present, statuses);

describe('the moment of the agent', () => {
  it('[S2.25] rings with what is known before answering', () => {
    expect(moment({ agent: agent(), offer }, phone({ call: ringing }))).toMatchObject({ kind: 'ringing', phone: 'here', offer: { caller: { name: 'Beto' }, queueName: 'Posventa', waitedMs: 86_000 } });
    expect(moment({ agent: agent(), offer }, phone({ call: { ...ringing, state: 'answering' } }))).toMatchObject({ phone: 'answering' });
    expect(moment({ agent: agent(), offer }, phone({ transport: 'connecting' }))).toMatchObject({ phone: 'elsewhere' });
  });

  it('shows the call that is talked on before the one that is held', () => {
    const held = call({ callId: 'cal_2', state: 'holding', since: NOW - 900_000 });
    expect(moment({ agent: agent(), 'call:cal_2': held, 'call:cal_1': call() })).toMatchObject({ kind: 'call', call: { callId: 'cal_1' }, here: false });
  });

  it('knows a dialled call before the feed does', () => {
    expect(moment({ agent: agent() }, phone({ call: { id: '1', direction: 'outgoing', offerId: null, state: 'dialing', dialled: '204', caller: null } }))).toEqual({ kind: 'connecting', number: '204' });
  });

  it('rings for a colleague, with or without the feed knowing of it yet', () => {
    const direct = phone({ call: { ...ringing, offerId: null, caller: { name: 'Diego', number: '220' } } });
    expect(moment({ agent: agent() }, direct)).toEqual({ kind: 'direct', caller: { kind: 'phone', name: 'Diego', number: '220', contactId: null }, answering: false });
    expect(moment({ agent: agent(), 'call:cal_1': call({ state: 'ringing', direction: 'internal' }) }, direct)).toMatchObject({ kind: 'direct', caller: { name: 'Ana' } });
    // The leg that comes back to a live call answers by itself: the call stays on the screen.
    expect(moment({ agent: agent(), 'call:cal_1': call({ state: 'reconnecting' }) }, direct).kind).toBe('call');
  });

  it('[S2.27] goes to after-service when the call ends', () => {
    const during = { agent: agent({ activity: 'talking' }), 'call:cal_1': call() };
    const after = applyFeedChange(during, { changed: { agent: agent({ activity: 'after-service' }), 'after-service': afterService }, removed: ['call:cal_1'] });
    expect(moment(during).kind).toBe('call');
    expect(moment(after)).toMatchObject({ kind: 'after-service', afterService: { endsAt: NOW + 38_000 } });
  });

  it('[S2.28] warns when the limit is near', () => {
    expect(endsSoon(0, 60_000, 40_000)).toBe(false);
    expect(endsSoon(0, 60_000, 48_000)).toBe(true);
    expect(endsSoon(0, 20_000, 9_000)).toBe(false);
    expect(endsSoon(0, 20_000, 10_000)).toBe(true);
  });

  it('tells not-answering, an idle status and one that takes no queue work apart', () => {
    expect(moment({ agent: agent({ activity: 'not-answering', activitySince: 5 }) })).toEqual({ kind: 'not-answering', since: 5 });
    expect(moment({ agent: agent() })).toEqual({ kind: 'idle', takesWork: true });
    expect(moment({ agent: agent({ statusId: 'sta_lunch' }) })).toEqual({ kind: 'idle', takesWork: false });
    expect(moment({})).toEqual({ kind: 'offline' });
  });

  it('says why an action is not to be had', () => {
    expect(whyNot(call(), 'hold')).toBeNull();
    expect(whyNot(call({ state: 'holding', allowedActions: ['resume'] }), 'send-digits')).toBe('holding');
    expect(whyNot(call({ state: 'dialing', allowedActions: ['hang-up'] }), 'hold')).toBe('notYet');
    expect(whyNot(call({ state: 'reconnecting', allowedActions: [] }), 'hang-up')).toBe('reconnecting');
    expect(whyNot(call({ allowedActions: [] }), 'pause-recording')).toBe('never');
  });

  it('draws the ring time from the server clock', () => {
    expect(ringProgress(offer, NOW)).toBeCloseTo(0.4);
    expect(ringProgress(offer, NOW + 60_000)).toBe(1);
    expect(conversationOf(moment({ agent: agent(), offer }))).toBe('cnv_live');
    expect(conversationOf(moment({ agent: agent() }))).toBeNull();
  });
});

describe('my recent calls', () => {
  it('[S2.16] lists missed, incoming and outgoing calls', () => {
    expect(rows.map((row) => callKind(row, 'usr_carla'))).toEqual(['incoming', 'incoming', 'outgoing', 'incoming', 'missed', 'missed', 'missed']);
    expect(filterCalls(rows, 'missed', 'usr_carla')).toHaveLength(3);
    expect(filterCalls(rows, 'all', 'usr_carla')).toHaveLength(7);
  });

  it('[S2.18] calls back whoever showed a number', () => {
    expect(rows.map(canCallBack)).toEqual([true, true, true, false, true, true, true]);
    expect(canCallBack({ ...rows[0]!, customer: ana })).toBe(true);
  });
});

describe('the after-service form', () => {
  it("begins with this person's own note", () => {
    expect(formFromServer(conversation, 'usr_diego')).toMatchObject({ note: 'Buen cierre. Confirmar el importe antes de la pausa de pago.', outcome: 'Pedido cambiado' });
    expect(formFromServer(conversation, 'usr_nobody').note).toBe('');
  });
});
