import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AfterServiceForm } from '@centralita/contract';
import { FormDrafts } from './form-drafts.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function drafts(answers: (() => Promise<unknown>)[] = []) {
  const saved: AfterServiceForm[] = [];
  const stored = new Map<string, string>();
  const store = { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => void stored.set(key, value), removeItem: (key: string) => void stored.delete(key) };
  const make = () =>
    new FormDrafts({
      save: async (_conversationId, form) => {
        await answers.shift()?.();
        saved.push(form);
      },
      store,
      now: () => 42,
    });
  return { make, saved, stored };
}

describe('form drafts', () => {
  it('[S0.8] saves a little after the last key, once', async () => {
    const { make, saved, stored } = drafts();
    const form = make();
    form.open('cnv_1', null);
    form.change('cnv_1', { note: 'Pide' });
    await vi.advanceTimersByTimeAsync(400);
    form.change('cnv_1', { note: 'Pide brocas' });
    expect(form.read('cnv_1')?.state).toBe('saving');
    await vi.advanceTimersByTimeAsync(699);
    expect(saved).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(saved).toEqual([{ note: 'Pide brocas', tags: [], outcome: null }]);
    expect(form.read('cnv_1')).toMatchObject({ state: 'saved', savedAt: 42 });
    expect(stored.size).toBe(0);
  });

  it('keeps what could not be saved, says so, and tries again', async () => {
    const { make, saved, stored } = drafts([() => Promise.reject(new Error('away'))]);
    const form = make();
    form.change('cnv_1', { outcome: 'Presupuesto' });
    await vi.advanceTimersByTimeAsync(700);
    expect(form.read('cnv_1')?.state).toBe('unsaved');
    expect(stored.size).toBe(1);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(saved).toHaveLength(1);
    expect(form.read('cnv_1')?.state).toBe('saved');
  });

  it('begins again after a reload with what was not saved, rather than with what the server has', async () => {
    const { make, saved } = drafts();
    make().change('cnv_1', { note: 'escrito antes de recargar' });
    const again = make();
    again.open('cnv_1', { note: 'viejo', tags: ['Pedido'], outcome: null });
    expect(again.read('cnv_1')?.form.note).toBe('escrito antes de recargar');
    await vi.advanceTimersByTimeAsync(800);
    expect(saved.at(-1)?.note).toBe('escrito antes de recargar');
  });

  it("takes the server's form when it comes, unless something was typed before", () => {
    const { make } = drafts();
    const form = make();
    form.open('cnv_1', null);
    form.open('cnv_1', { note: 'del servidor', tags: [], outcome: null });
    expect(form.read('cnv_1')?.form.note).toBe('del servidor');
    form.change('cnv_1', { note: 'propio' });
    form.open('cnv_1', { note: 'tarde', tags: [], outcome: null });
    expect(form.read('cnv_1')?.form.note).toBe('propio');
  });

  it('saves what waits before after-service is finished', async () => {
    const { make, saved } = drafts();
    const form = make();
    form.change('cnv_1', { tags: ['Pedido'] });
    await form.flush('cnv_1');
    expect(saved).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(saved).toHaveLength(1);
  });
});
