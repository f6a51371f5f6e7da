import type { Language } from '@centralita/kernel';
import type { FloorPromptItem } from '../../../capabilities/accounts/index.ts';
import type { PromptName } from '../../../capabilities/flows/index.ts';
import type { PlayItem } from '../../../telephony/port/index.ts';
import type { FloorEvent, FloorEventOf } from '../events.ts';
import type { Turn } from '../turn.ts';

/** What callers hear: prompts, announcements and music. A new play replaces the one before it. */
export function orderForPlay(turn: Turn, event: FloorEvent): void {
  const { world } = turn;
  switch (event.type) {
    case 'flow-play-entered':
      return turn.order({ type: 'play', playId: event.playId, legId: event.legId, items: itemsIn(languageOf(turn, event), event.items) });
    case 'flow-menu-asked':
      return turn.order({ type: 'play', playId: event.playId, legId: event.legId, items: itemsIn(languageOf(turn, event), event.items), stopOnDigit: true });
    case 'flow-closing-started':
      return turn.order({ type: 'play', playId: event.playId, legId: event.legId, items: [say(event.prompt, event.language)] });
    case 'position-announced': {
      const one = world.waiting.get(event.waitingId);
      return one && turn.order({ type: 'play', playId: event.playId, legId: one.legId, items: announcement(event.position, event.estimatedWaitMs, one.language) });
    }
    case 'waiting-music-started': {
      const one = world.waiting.get(event.waitingId);
      return one && turn.order({ type: 'play', playId: event.playId, legId: one.legId, items: [{ kind: 'music', name: one.music }], loop: true });
    }
    case 'waiting-ended': {
      const hearing = world.waiting.get(event.waitingId)?.hearing;
      // Whoever waits for an answer must not miss its first word; elsewhere the next play replaces this one.
      if (event.ending === 'answered' && hearing && hearing.kind !== 'nothing') turn.order({ type: 'stop-play', playId: hearing.playId });
      return;
    }
    case 'call-agent-lost': {
      const lost = world.calls.get(event.callId);
      if (lost?.state !== 'talking' && lost?.state !== 'holding') return;
      const queue = lost.queueId === null ? undefined : world.queues.get(lost.queueId);
      const items: PlayItem[] = [say('reconnecting', queue?.language ?? 'es'), { kind: 'music', name: queue?.music ?? HOUSE_MUSIC }];
      return turn.order({ type: 'play', playId: event.playId, legId: lost.other.legId, items, loop: true });
    }
    case 'call-agent-returned':
    case 'call-leg-replaced': {
      const lost = world.calls.get(event.callId);
      if (lost?.state === 'reconnecting') turn.order({ type: 'stop-play', playId: lost.playId });
      return;
    }
  }
}

const HOUSE_MUSIC = 'cord';

/** "You are number 3 in the queue. The estimated wait is 2 minutes." Hours make nobody wait more gladly: it stops at one hour. */
export function announcement(position: number, estimatedWaitMs: number | null, language: Language): PlayItem[] {
  const place: PlayItem[] = position === 1 ? [say('you-are-next', language)] : [say('you-are-number', language), { kind: 'number', value: position, language }, say('in-the-queue', language)];
  if (estimatedWaitMs === null) return place;
  const minutes = Math.min(60, Math.round(estimatedWaitMs / 60_000));
  if (minutes === 0) return [...place, say('estimated-wait-is', language), say('less-than-a-minute', language)];
  return [...place, say('estimated-wait-is', language), { kind: 'number', value: minutes, language }, say(minutes === 1 ? 'minute' : 'minutes', language)];
}

const say = (name: PromptName | (string & {}), language: Language): PlayItem => ({ kind: 'prompt', name, language });

const itemsIn = (language: Language, items: readonly FloorPromptItem[]): PlayItem[] => items.map((item) => (item.kind === 'prompt' ? say(item.name, language) : item));

const languageOf = (turn: Turn, event: FloorEventOf<'flow-play-entered' | 'flow-menu-asked'>): Language => turn.world.flowRuns.get(event.flowRunId)?.language ?? 'es';
