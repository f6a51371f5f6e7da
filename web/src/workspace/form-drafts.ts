import type { AfterServiceForm } from '@centralita/contract';

export interface Draft {
  readonly form: AfterServiceForm;
  readonly state: 'untouched' | 'saving' | 'saved' | 'unsaved';
  readonly savedAt: number | null;
}

interface DraftOptions {
  readonly save: (conversationId: string, form: AfterServiceForm, leaving: boolean) => Promise<unknown>;
  /** Where what is not saved yet survives a reload. */
  readonly store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;
  readonly now: () => number;
  readonly delayMs?: number;
  readonly retryMs?: number;
}

const BLANK: AfterServiceForm = { note: '', tags: [], outcome: null };
const keyOf = (conversationId: string): string => `centralita.draft.${conversationId}`;

/** What the agent writes about conversations: saved as it is typed, kept through reloads and lost connections, never lost silently. */
export class FormDrafts {
  readonly #options: DraftOptions;
  readonly #drafts = new Map<string, Draft>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #listeners = new Set<() => void>();

  constructor(options: DraftOptions) {
    this.#options = options;
  }

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  read(conversationId: string): Draft | null {
    return this.#drafts.get(conversationId) ?? null;
  }

  /** Begins with what this browser has not saved yet, else with what the server has. */
  open(conversationId: string, fromServer: AfterServiceForm | null): void {
    const present = this.#drafts.get(conversationId);
    if (present && (present.state !== 'untouched' || fromServer === null)) return;
    const kept = present ? null : this.#kept(conversationId);
    this.#drafts.set(conversationId, { form: kept ?? fromServer ?? BLANK, state: kept ? 'unsaved' : 'untouched', savedAt: null });
    if (kept) this.#schedule(conversationId, 0);
    this.#tell();
  }

  change(conversationId: string, change: Partial<AfterServiceForm>): void {
    const before = this.#drafts.get(conversationId)?.form ?? BLANK;
    const form = { ...before, ...change };
    this.#drafts.set(conversationId, { form, state: 'saving', savedAt: this.#drafts.get(conversationId)?.savedAt ?? null });
    this.#options.store?.setItem(keyOf(conversationId), JSON.stringify(form));
    this.#schedule(conversationId, this.#options.delayMs ?? 700);
    this.#tell();
  }

  /** Saves now what is waiting to be saved; `leaving` lets the request outlive the page. */
  async flush(conversationId: string, leaving = false): Promise<void> {
    const running = this.#running.get(conversationId);
    if (running && !leaving) await running;
    if (!this.#timers.has(conversationId)) return;
    clearTimeout(this.#timers.get(conversationId));
    this.#timers.delete(conversationId);
    const work = this.#save(conversationId, leaving).finally(() => this.#running.delete(conversationId));
    this.#running.set(conversationId, work);
    await work;
  }

  flushAll(): void {
    for (const conversationId of [...this.#timers.keys()]) void this.flush(conversationId, true);
  }

  async #save(conversationId: string, leaving: boolean): Promise<void> {
    const draft = this.#drafts.get(conversationId);
    if (!draft) return;
    try {
      await this.#options.save(conversationId, draft.form, leaving);
    } catch {
      // Shown as "not saved; trying again"; the text stays in this browser's storage until it is saved.
      const present = this.#drafts.get(conversationId) ?? draft;
      this.#drafts.set(conversationId, { ...present, state: 'unsaved' });
      if (!this.#timers.has(conversationId)) this.#schedule(conversationId, this.#options.retryMs ?? 4_000);
      this.#tell();
      return;
    }
    // Typed on meanwhile: another save is already waiting.
    if (this.#drafts.get(conversationId)?.form !== draft.form) return;
    this.#options.store?.removeItem(keyOf(conversationId));
    this.#drafts.set(conversationId, { ...draft, state: 'saved', savedAt: this.#options.now() });
    this.#tell();
  }

  #schedule(conversationId: string, delayMs: number): void {
    clearTimeout(this.#timers.get(conversationId));
    this.#timers.set(conversationId, setTimeout(() => void this.flush(conversationId), delayMs));
  }

  #kept(conversationId: string): AfterServiceForm | null {
    const text = this.#options.store?.getItem(keyOf(conversationId));
    return text ? (JSON.parse(text) as AfterServiceForm) : null;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
