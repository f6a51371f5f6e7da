import { timelineEntry } from '@centralita/contract';
import { describe, expect, it } from 'vitest';
import { conversation } from '../testing/cast.ts';
import { texts } from '../testing/texts.ts';
import { startOfDay } from '../ui/zone.ts';
import { fileMoment, filterOf, isFiltered, readSearch, spansOf, ticksOf, traceFile, worstMos, writeSearch } from './history.view-model.ts';
import { passedOverText, timelineLines, whyText } from './timeline.view-model.ts';

const kinds = timelineEntry.shape.kind.options;

describe('the timeline', () => {
  for (const language of ['es', 'en'] as const) {
    it(`has a sentence in ${language} for every kind, with and without its facts`, () => {
      const t = texts(language);
      const full = { number: '+34910000100', digit: '1', label: 'Ventas', agentName: 'Carla', queueName: 'Ventas', toQueueName: 'Posventa', position: 2, ringMs: 6_000, waitMs: 9_000, waitedMs: 9_000, heldMs: 3_000, awayMs: 2_000, durationMs: 9_000, estimatedWaitMs: 60_000, by: 'customer', dialled: '204', offerId: 'off_1', reason: 'finished' };
      for (const kind of kinds) {
        for (const facts of [full, {}]) {
          const [line] = timelineLines({ ...conversation, timeline: [{ at: 1, kind, facts }] }, t);
          expect(line!.title, kind).not.toMatch(/timeline\.|\{\{|undefined|null/);
          expect(line!.title.length, kind).toBeGreaterThan(3);
          expect(line!.detail ?? '', kind).not.toMatch(/timeline\.|\{\{|undefined/);
        }
      }
    });
  }

  it('tells the conversation as people do', () => {
    const told = timelineLines(conversation, texts('es')).map(({ title, detail }) => (detail ? `${title} · ${detail}` : title));
    expect(told).toEqual([
      'Entró por +34\u00A0910\u00A0000\u00A0100',
      'Oyó el saludo',
      'Menú: 1, Ventas',
      'En cola Ventas',
      'Se le dijo: puesto 3 · espera aproximada 01:00',
      'Ofrecida a Carla · esperó 00:41',
      'Contestó Carla · sonó 00:06',
      'Empezó la grabación',
      'Retenida con música',
      'Recuperada · 00:38',
      'Colgó Ana',
      'Posllamada terminada por Carla · 01:05',
    ]);
  });

  it('says why this agent was chosen, and who was passed over', () => {
    const [offer] = conversation.offers;
    const t = texts('es');
    expect(whyText(offer!, t)).toMatch(/^Se eligió a Carla porque.*mayor nivel/);
    expect(whyText({ ...offer!, runnersUp: [] }, t)).toMatch(/única persona libre/);
    expect(whyText({ ...offer!, selection: 'of tomorrow' }, t)).toBe('Se eligió a Carla según el orden de la cola.');
    expect(passedOverText(offer!, t)).toBe('8 que no estaban libres, 4 sin la habilidad');
    expect(passedOverText({ ...offer!, passedOver: { 'new-rule': 1 } }, t)).toBe('1 por otra regla');
    expect(passedOverText({ ...offer!, passedOver: {} }, t)).toBeNull();
  });
});

describe('history', () => {
  const madrid = 'Europe/Madrid';
  const now = Date.UTC(2026, 10, 19, 9, 43);

  it('keeps its filters in the address, and nothing else', () => {
    const search = readSearch({ period: 'week', queue: 'que_1', ending: 'abandoned', direction: 'sideways', from: 'tomorrow', number: '600' });
    expect(writeSearch(search)).toEqual({ period: 'week', queue: 'que_1', ending: 'abandoned', number: '600' });
    expect(isFiltered(readSearch({}))).toBe(false);
    expect(writeSearch({ ...search, period: 'custom', from: '2026-11-01' })).toMatchObject({ period: 'custom', from: '2026-11-01' });
  });

  it("asks for days of the person's zone, whatever the clocks do", () => {
    expect(startOfDay('2026-11-19', madrid)).toBe(Date.UTC(2026, 10, 18, 23));
    expect(startOfDay('2026-10-25', madrid)).toBe(Date.UTC(2026, 9, 24, 22));
    expect(startOfDay('2026-10-26', madrid)).toBe(Date.UTC(2026, 9, 25, 23));
    expect(filterOf(readSearch({ period: 'today' }), now, madrid)).toEqual({ from: Date.UTC(2026, 10, 18, 23) });
    expect(filterOf(readSearch({ period: 'yesterday' }), now, madrid)).toEqual({ from: Date.UTC(2026, 10, 17, 23), to: Date.UTC(2026, 10, 18, 23) - 1 });
    expect(filterOf(readSearch({ period: 'custom', to: '2026-11-19', number: '+34 600' }), now, madrid)).toEqual({ to: Date.UTC(2026, 10, 19, 23) - 1, number: '34600' });
  });

  it('marks holds and pauses on the time of the recording', () => {
    const recording = { startedAt: 1_000, durationMs: 10_000 };
    const at = (moment: number, kind: (typeof kinds)[number]) => ({ at: moment, kind, facts: {} });
    expect(spansOf({ endedAt: 11_000, timeline: [at(2_000, 'held'), at(4_000, 'resumed'), at(9_000, 'recording-paused'), at(11_000, 'ended')] }, recording)).toEqual([
      { kind: 'held', from: 0.1, to: 0.3 },
      { kind: 'paused', from: 0.8, to: 1 },
    ]);
    expect(spansOf(conversation, { startedAt: 0, durationMs: null })).toEqual([]);
    expect(ticksOf(374_000).at(-1)).toBe(374_000);
    expect(ticksOf(20_000)).toEqual([0, 5_000, 10_000, 15_000, 20_000]);
    expect(worstMos(conversation)).toBe(4.3);
  });
});

describe('files', () => {
  it('are named by the moment in the zone of the account', () => {
    const at = Date.UTC(2026, 10, 19, 9, 38);
    expect(fileMoment(at, 'Europe/Madrid')).toBe('2026-11-19 10.38');
    expect(fileMoment(at, 'America/Lima')).toBe('2026-11-19 04.38');
  });

  it('of traces hold every leg, as JSON where it is JSON', () => {
    expect(JSON.parse(traceFile('cnv_1', [{ legId: 'leg_1', text: '{"messages":[1]}' }, { legId: 'leg_2', text: 'INVITE' }]))).toEqual({
      conversationId: 'cnv_1',
      legs: [{ legId: 'leg_1', trace: { messages: [1] } }, { legId: 'leg_2', trace: 'INVITE' }],
    });
  });
});
