import type { ConversationView, OfferExplanation, TimelineEntry } from '@centralita/contract';
import type { TFunction } from 'i18next';
import { formatDuration } from '../ui/format.ts';
import { formatPhoneNumber } from '../ui/phone-number.ts';

export type JackTone = 'plain' | 'waited' | 'wait' | 'me' | 'on' | 'after' | 'end';

export interface TimelineLine {
  readonly at: number;
  readonly title: string;
  readonly detail: string | null;
  readonly tone: JackTone;
  /** The offer whose explanation belongs under this line. */
  readonly offerId: string | null;
}

type Facts = TimelineEntry['facts'];
interface Words {
  readonly t: TFunction;
  readonly facts: Facts;
  readonly conversation: Pick<ConversationView, 'customer' | 'agentName' | 'number'>;
}
type Sentence = Omit<TimelineLine, 'at'>;

const text = (facts: Facts, ...names: readonly string[]): string | null => {
  for (const name of names) {
    const value = facts[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return null;
};
const ms = (facts: Facts, ...names: readonly string[]): string | null => {
  for (const name of names) {
    const value = facts[name];
    if (typeof value === 'number') return formatDuration(value);
  }
  return null;
};
const agentIn = (facts: Facts): string | null => text(facts, 'agentName', 'agent');
const queueIn = (facts: Facts): string | null => text(facts, 'queueName', 'queue');

function line(title: string, tone: JackTone = 'plain', detail: string | null = null, offerId: string | null = null): Sentence {
  return { title, tone, detail, offerId };
}

/** One sentence per kind. A fact that is missing makes the sentence shorter, never wrong. */
const sentences: Readonly<Record<TimelineEntry['kind'], (words: Words) => Sentence>> = {
  entered: ({ t, facts, conversation }) => {
    const number = text(facts, 'number') ?? conversation.number;
    return line(number ? t('timeline.enteredBy', { number: formatPhoneNumber(number) }) : t('timeline.entered'));
  },
  'greeting-played': ({ t }) => line(t('timeline.greeting-played')),
  'menu-digit': ({ t, facts }) => {
    const digit = text(facts, 'digit') ?? '?';
    const label = text(facts, 'label');
    return line(label ? t('timeline.menuDigitLabel', { digit, label }) : t('timeline.menu-digit', { digit }));
  },
  'menu-timed-out': ({ t }) => line(t('timeline.menu-timed-out')),
  queued: ({ t, facts }) => {
    const queue = queueIn(facts);
    const position = text(facts, 'position');
    if (queue && position) return line(t('timeline.queuedPosition', { queue, position }), 'waited');
    return line(queue ? t('timeline.queuedIn', { queue }) : t('timeline.queued'), 'waited');
  },
  'position-announced': ({ t, facts }) => {
    const position = text(facts, 'position');
    const wait = ms(facts, 'estimatedWaitMs', 'waitMs');
    return line(position ? t('timeline.positionSaid', { position }) : t('timeline.position-announced'), 'plain', wait && t('timeline.waitSaid', { wait }));
  },
  relaxed: ({ t }) => line(t('timeline.relaxed')),
  offered: ({ t, facts }) => {
    const agent = agentIn(facts);
    const waited = ms(facts, 'waitedMs');
    return line(agent ? t('timeline.offeredTo', { agent }) : t('timeline.offered'), 'me', waited && t('timeline.waited', { time: waited }), text(facts, 'offerId'));
  },
  'offer-declined': ({ t, facts }) => offerOver(t, facts, t('timeline.offer-declined'), (agent) => t('timeline.declinedBy', { agent })),
  'offer-expired': ({ t, facts }) => offerOver(t, facts, t('timeline.offer-expired'), (agent) => t('timeline.expiredFor', { agent })),
  'offer-withdrawn': ({ t, facts }) => offerOver(t, facts, t('timeline.offer-withdrawn'), (agent) => t('timeline.withdrawnFrom', { agent })),
  answered: ({ t, facts }) => {
    const agent = agentIn(facts);
    const rang = ms(facts, 'ringMs');
    const waited = ms(facts, 'waitMs', 'waitedMs');
    return line(agent ? t('timeline.answeredBy', { agent }) : t('timeline.answered'), 'on', rang ? t('timeline.rang', { time: rang }) : waited && t('timeline.waited', { time: waited }));
  },
  held: ({ t }) => line(t('timeline.held')),
  resumed: ({ t, facts }) => line(t('timeline.resumed'), 'on', ms(facts, 'heldMs', 'durationMs')),
  'agent-lost': ({ t, facts }) => named(t('timeline.agent-lost'), agentIn(facts), (agent) => t('timeline.agentLostName', { agent }), 'end'),
  'agent-returned': ({ t, facts }) => ({ ...named(t('timeline.agent-returned'), agentIn(facts), (agent) => t('timeline.agentReturnedName', { agent }), 'on'), detail: ms(facts, 'awayMs') }),
  'returned-to-queue': ({ t, facts }) => named(t('timeline.returned-to-queue'), queueIn(facts), (queue) => t('timeline.returnedToQueueName', { queue }), 'waited'),
  overflowed: ({ t, facts }) => named(t('timeline.overflowed'), text(facts, 'toQueueName', 'toQueue'), (queue) => t('timeline.overflowedTo', { queue }), 'waited'),
  'recording-started': ({ t }) => line(t('timeline.recording-started')),
  'recording-paused': ({ t }) => line(t('timeline.recording-paused')),
  'recording-resumed': ({ t }) => line(t('timeline.recording-resumed')),
  dialed: ({ t, facts, conversation }) => {
    const number = text(facts, 'dialled', 'number') ?? (conversation.customer.number || null);
    const agent = agentIn(facts);
    if (number && agent) return line(t('timeline.dialedBy', { agent, number: formatPhoneNumber(number) }), 'me');
    return line(number ? t('timeline.dialedTo', { number: formatPhoneNumber(number) }) : t('timeline.dialed'), 'me');
  },
  ringing: ({ t }) => line(t('timeline.ringing')),
  ended: ({ t, facts, conversation }) => line(endedTitle(t, text(facts, 'by', 'endedBy'), conversation), 'end'),
  'after-service-started': ({ t }) => line(t('timeline.after-service-started'), 'after'),
  'after-service-ended': ({ t, facts }) => {
    const agent = agentIn(facts);
    const title = facts['reason'] === 'limit' || facts['reason'] === 'expired' ? t('timeline.afterServiceLimit') : agent ? t('timeline.afterServiceEndedBy', { agent }) : t('timeline.after-service-ended');
    return line(title, 'after', ms(facts, 'durationMs'));
  },
};

function offerOver(t: TFunction, facts: Facts, plain: string, withAgent: (agent: string) => string): Sentence {
  const rang = ms(facts, 'ringMs');
  return { ...named(plain, agentIn(facts), withAgent, 'plain'), detail: rang && t('timeline.rang', { time: rang }) };
}

const named = (plain: string, name: string | null, withName: (name: string) => string, tone: JackTone): Sentence => line(name === null ? plain : withName(name), tone);

export function endedTitle(t: TFunction, by: string | null, conversation: Pick<ConversationView, 'customer' | 'agentName'>): string {
  if (by === 'customer') return t('timeline.endedByCustomer', { name: conversation.customer.name ?? t('timeline.customerFallback') });
  if (by === 'agent') return t('timeline.endedByAgent', { name: conversation.agentName ?? t('timeline.agentFallback') });
  if (by === 'center') return t('timeline.endedByCenter');
  return by === 'network' ? t('timeline.endedByNetwork') : t('timeline.ended');
}

/** The conversation as people tell it. */
export function timelineLines(conversation: Pick<ConversationView, 'timeline' | 'customer' | 'agentName' | 'number'>, t: TFunction): readonly TimelineLine[] {
  return conversation.timeline.map((entry) => ({ at: entry.at, ...sentences[entry.kind]({ t, facts: entry.facts, conversation }) }));
}

const SELECTION_TEXTS = ['most-qualified', 'least-qualified', 'longest-idle'] as const;

/** Why this agent: one sentence from the way of selecting and what there was to choose from. */
export function whyText(offer: OfferExplanation, t: TFunction): string {
  const agent = offer.agentName;
  if (offer.runnersUp.length === 0) return t('why.only', { agent });
  const selection = SELECTION_TEXTS.find((known) => known === offer.selection);
  return t(selection ? `why.${selection}` : 'why.plain', { agent });
}

const REASONS = ['not-free', 'missing-skills', 'excluded', 'ranked-lower'] as const;

/** "4 sin la habilidad, 2 que no estaban libres"; null when nobody was passed over. Those further back are in the table above it. */
export function passedOverText(offer: OfferExplanation, t: TFunction): string | null {
  const parts = Object.entries(offer.passedOver)
    .filter(([reason, count]) => count > 0 && reason !== 'ranked-lower')
    .map(([reason, count]) => t(`why.reasons.${REASONS.find((known) => known === reason) ?? 'other'}`, { count }));
  return parts.length === 0 ? null : parts.join(', ');
}
