import { type PlayId, assertNever } from '@centralita/kernel';
import { type PlayPiece, Player, SAMPLES_PER_MS, type SoundLibrary, numberWords, toneSamples } from '@centralita/media';
import type { PlayItem } from '../../../port/index.ts';
import type { MediaFact } from '../protocol.ts';
import type { Leg } from './leg.ts';

/** A menu with all its numbers is some twenty items. */
const MAX_ITEMS = 64;
const MAX_SILENCE_MS = 600_000;
type Ending = Extract<MediaFact, { readonly type: 'play-finished' }>['reason'];

/** What legs are played. A play is known from its order on, also while its sounds are still read from the disk. */
export class Plays {
  private readonly sounds: SoundLibrary;
  private readonly emit: (fact: MediaFact) => void;
  private readonly legs = new Map<PlayId, Leg>();

  constructor(sounds: SoundLibrary, emit: (fact: MediaFact) => void) {
    this.sounds = sounds;
    this.emit = emit;
  }

  /** The same id again, while it plays, does nothing. */
  start(playId: PlayId, leg: Leg, items: readonly PlayItem[], loop: boolean, stopOnDigit: boolean): void {
    if (this.legs.has(playId)) return;
    if (leg.play) this.finish(leg, 'replaced');
    leg.play = { playId, stopOnDigit, player: undefined };
    leg.beginSpeaking();
    this.legs.set(playId, leg);
    this.read(items).then(
      (pieces) => this.begin(playId, leg, pieces, loop),
      (error: unknown) => {
        this.emit({ type: 'alarm', name: 'sound-missing', detail: error instanceof Error ? error.message : String(error) });
        this.finishIfCurrent(playId, leg, 'failed');
      },
    );
  }

  stop(playId: PlayId): void {
    const leg = this.legs.get(playId);
    if (leg) this.finishIfCurrent(playId, leg, 'stopped');
  }

  /** After the leg has spoken its frame. */
  tick(leg: Leg): void {
    if (leg.play?.player?.done) this.finish(leg, 'completed');
  }

  onDigit(leg: Leg): void {
    if (leg.play?.stopOnDigit) this.finish(leg, 'digit');
  }

  /** The leg is closed: its play ended with it. */
  forget(leg: Leg): void {
    if (leg.play) this.finish(leg, 'stopped');
  }

  /** Hold music; the tone that stands in for a file that is not there is announced by an alarm. */
  async music(name: string): Promise<Player> {
    const found = await this.sounds.music(name);
    if (!found.ok) this.emit({ type: 'alarm', name: 'sound-missing', detail: `music/${name}: ${found.refusal}` });
    return new Player([found.ok ? found.value : toneSamples('hold')], true);
  }

  private begin(playId: PlayId, leg: Leg, pieces: readonly PlayPiece[], loop: boolean): void {
    if (leg.play?.playId !== playId) return;
    leg.play.player = new Player(pieces, loop);
  }

  private finishIfCurrent(playId: PlayId, leg: Leg, reason: Ending): void {
    if (leg.play?.playId === playId) this.finish(leg, reason);
  }

  private finish(leg: Leg, reason: Ending): void {
    const { play } = leg;
    if (!play) return;
    leg.play = undefined;
    this.legs.delete(play.playId);
    this.emit({ type: 'play-finished', playId: play.playId, legId: leg.legId, reason });
  }

  private async read(items: readonly PlayItem[]): Promise<readonly PlayPiece[]> {
    if (items.length > MAX_ITEMS) throw new Error(`a play of ${items.length} items; ${MAX_ITEMS} at most`);
    const pieces: PlayPiece[] = [];
    for (const item of items) pieces.push(...(await this.piecesOf(item)));
    return pieces;
  }

  private async piecesOf(item: PlayItem): Promise<readonly PlayPiece[]> {
    switch (item.kind) {
      case 'prompt':
        return [await this.prompt(item.name, item.language)];
      case 'number':
        return Promise.all(numberWords(item.value, item.language).map((name) => this.prompt(name, item.language)));
      case 'tone':
        return [toneSamples(item.name)];
      case 'music':
        return [await this.or(this.sounds.music(item.name), `music/${item.name}`, toneSamples('hold'))];
      case 'silence':
        return [Math.round(Math.min(MAX_SILENCE_MS, Math.max(0, item.durationMs)) * SAMPLES_PER_MS)];
      case 'file':
        return [await this.or(this.sounds.file(item.path), 'file')];
      default:
        return assertNever(item, 'play item');
    }
  }

  private prompt(name: string, language: 'es' | 'en'): Promise<Int16Array> {
    return this.or(this.sounds.prompt(name, language), `${language}/${name}`);
  }

  private async or(loading: ReturnType<SoundLibrary['music']>, what: string, instead?: Int16Array): Promise<Int16Array> {
    const found = await loading;
    if (found.ok) return found.value;
    if (!instead) throw new Error(`${what}: ${found.refusal}`);
    this.emit({ type: 'alarm', name: 'sound-missing', detail: `${what}: ${found.refusal}` });
    return instead;
  }
}
