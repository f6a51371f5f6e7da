import type { Language, QueueId, Role, SkillId } from '@centralita/kernel';
import type { TrunkProfile } from '../../../telephony/port/index.ts';
import type { FloorFlow, FloorQueue } from '../../accounts/index.ts';

/** What a new account is to hold, in names; ids and passwords are drawn when it is made. */
export interface AccountPlan {
  readonly account: { readonly slug: string; readonly name: string; readonly timeZone: string; readonly language: Language; readonly simulated: boolean };
  readonly statuses: readonly { readonly names: Readonly<Record<Language, string>>; readonly icon: string; readonly takesQueueWork: boolean }[];
  readonly skills: readonly string[];
  readonly people: readonly PersonPlan[];
  /** Everybody belongs to it, and it reports to the supervisors. */
  readonly group: { readonly name: string; readonly outgoingCalls: boolean };
  readonly queues: readonly {
    readonly name: string;
    readonly settings: (skillId: (name: string) => SkillId) => FloorQueue & { readonly serviceLevelTarget: number };
    readonly members: readonly { readonly name: string; readonly priority: number }[];
  }[];
  readonly flow: { readonly name: string; readonly steps: (queueId: (name: string) => QueueId) => FloorFlow };
  readonly trunk: { readonly name: string; readonly profile: TrunkProfile } | null;
  readonly number: { readonly number: string; readonly public: boolean };
  readonly callPage: { readonly slug: string } | null;
  readonly contacts: readonly { readonly name: string; readonly numbers: readonly string[] }[];
  readonly outcomes: readonly string[];
  readonly tags: readonly string[];
}
export interface PersonPlan {
  readonly name: string;
  readonly role: Role;
  readonly email: string;
  readonly extension: string | null;
  readonly skills: Readonly<Record<string, number>>;
  /** Otherwise nobody can sign in as this person. */
  readonly signsIn: boolean;
  readonly phone: boolean;
}

/** The statuses a new account has (S3.5, D6): only the first takes queue work; the last is where people begin. */
export const SEVEN_STATUSES: AccountPlan['statuses'] = [
  { names: { es: 'Disponible', en: 'Available' }, icon: 'available', takesQueueWork: true },
  { names: { es: 'Almuerzo', en: 'Lunch' }, icon: 'lunch', takesQueueWork: false },
  { names: { es: 'Cena', en: 'Dinner' }, icon: 'meal', takesQueueWork: false },
  { names: { es: 'Ocupado', en: 'Busy' }, icon: 'busy', takesQueueWork: false },
  { names: { es: 'En servicios', en: 'In services' }, icon: 'work', takesQueueWork: false },
  { names: { es: 'En capacitación', en: 'In training' }, icon: 'training', takesQueueWork: false },
  { names: { es: 'No disponible', en: 'Not available' }, icon: 'away', takesQueueWork: false },
];

/** Greeting, a menu of two, and a queue each; who presses nothing goes to the first. */
export function storeFlow(queueId: (name: string) => QueueId, first: string, second: string): FloorFlow {
  return {
    version: 1,
    language: 'es',
    start: 'answer',
    steps: {
      answer: { kind: 'answer', next: 'greeting' },
      greeting: { kind: 'play', items: [{ kind: 'prompt', name: 'recording-notice' }, { kind: 'prompt', name: 'greeting' }], next: 'menu' },
      menu: {
        kind: 'menu',
        items: [{ kind: 'prompt', name: 'main-menu' }],
        timeoutMs: 6_000,
        attempts: 3,
        options: { '1': { label: first, next: 'first' }, '2': { label: second, next: 'second' } },
        wrongKey: [{ kind: 'prompt', name: 'wrong-key' }],
        otherwise: 'first',
      },
      first: { kind: 'queue', queueId: queueId(first) },
      second: { kind: 'queue', queueId: queueId(second) },
    },
  };
}

/** A queue for a small store. @param skill asked for at level 1, and let go after a minute of waiting */
export function storeQueue(skill: SkillId): FloorQueue & { readonly serviceLevelTarget: number } {
  return {
    selection: 'longest-idle',
    requiredSkills: [{ skillId: skill, level: 1 }],
    preferredSkills: [],
    relaxing: [{ afterMs: 60_000, required: [] }],
    priority: 50,
    ageingPerMinute: 1,
    ringTimeoutMs: 20_000,
    maximumWaitMs: 10 * 60_000,
    maximumSize: 30,
    overflow: { kind: 'message', prompt: 'closing' },
    afterServiceLimitMs: 60_000,
    serviceLevelTarget: 0.8,
    serviceLevelThresholdMs: 20_000,
    shortAbandonMs: 5_000,
    announceEveryMs: 45_000,
    music: 'cord',
    recorded: true,
    language: 'es',
  };
}

export const STORE_OUTCOMES: readonly string[] = ['Venta cerrada', 'Cotización enviada', 'Reclamo resuelto', 'Volver a llamar', 'Consulta', 'Número equivocado'];
export const STORE_TAGS: readonly string[] = ['pintura', 'herramientas', 'electricidad', 'gasfitería', 'garantía', 'urgente'];
