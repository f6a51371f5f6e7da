import type { Result } from '@centralita/kernel';
import { type AccountPlan, type PersonPlan, SEVEN_STATUSES, STORE_OUTCOMES, STORE_TAGS, storeFlow, storeQueue } from './account-plan.ts';
import { createAccount, type CreateAccountDeps, type MadeAccount } from './create-account.ts';

const person = (name: string, role: PersonPlan['role'], email: string, extension: string, skills: PersonPlan['skills'] = {}): PersonPlan => ({
  name,
  role,
  email: `${email}@demo.centralita.invalid`,
  extension,
  skills,
  signsIn: true,
  phone: false,
});

const FERRETERIA_CENTRAL: AccountPlan = {
  account: { slug: 'demo', name: 'Ferretería Central', timeZone: 'America/Lima', language: 'es', simulated: false },
  statuses: SEVEN_STATUSES,
  skills: ['Ventas', 'Posventa'],
  people: [
    person('Carla', 'agent', 'carla', '201', { Ventas: 4, Posventa: 3 }),
    person('Diego', 'supervisor', 'diego', '202', { Ventas: 2, Posventa: 4 }),
    person('Elena', 'manager', 'elena', '203'),
    person('Fabián', 'administrator', 'fabian', '204'),
    person('Olga', 'owner', 'olga', '205'),
  ],
  group: { name: 'Tienda', outgoingCalls: true },
  queues: [
    { name: 'Ventas', settings: (skillId) => storeQueue(skillId('Ventas')), members: [{ name: 'Carla', priority: 1 }, { name: 'Diego', priority: 2 }] },
    { name: 'Posventa', settings: (skillId) => storeQueue(skillId('Posventa')), members: [{ name: 'Carla', priority: 2 }, { name: 'Diego', priority: 1 }] },
  ],
  flow: { name: 'Entrada', steps: (queueId) => storeFlow(queueId, 'Ventas', 'Posventa') },
  trunk: null,
  number: { number: '100', public: true },
  callPage: { slug: 'demo' },
  contacts: [
    { name: 'Ana Torres', numbers: ['51999111222'] },
    { name: 'Beto Ríos', numbers: ['51999333444'] },
  ],
  outcomes: STORE_OUTCOMES,
  tags: STORE_TAGS,
};

/**
 * On an empty database: "Ferretería Central", with five people, two queues, a number and a call page. It keeps only real calls.
 * @param keepCredentials writes the only readable copy of the passwords
 */
export function createDemoAccount(
  deps: CreateAccountDeps,
  keepCredentials: (people: readonly { readonly name: string; readonly role: string; readonly email: string; readonly password: string }[]) => void,
): Promise<Result<MadeAccount, { readonly code: 'already-there' }>> {
  return createAccount(deps, FERRETERIA_CENTRAL, keepCredentials);
}

const SIMULATED_AGENTS = ['Adriana', 'Bruno', 'Camila', 'Darío', 'Estela', 'Facundo', 'Gloria', 'Hugo', 'Inés', 'Julián', 'Karina', 'Lucas'] as const;

/** Each third agent serves both queues, the others one. */
const SKILLS_IN_TURN: readonly PersonPlan['skills'][] = [{ Ventas: 3, Posventa: 2 }, { Ventas: 4 }, { Posventa: 4 }];

function simulatedAgent(name: string, index: number): PersonPlan {
  return {
    name,
    role: 'agent',
    email: `${index + 1}@live.centralita.invalid`,
    extension: String(301 + index),
    skills: SKILLS_IN_TURN[index % 3]!,
    signsIn: false,
    phone: true,
  };
}

const DEMO_EN_VIVO: AccountPlan = {
  ...FERRETERIA_CENTRAL,
  account: { slug: 'demo-en-vivo', name: 'Demo en vivo', timeZone: 'America/Lima', language: 'es', simulated: true },
  people: SIMULATED_AGENTS.map(simulatedAgent),
  queues: FERRETERIA_CENTRAL.queues.map((queue) => ({
    ...queue,
    // Simulated customers and agents are quick, so that a board moves within a minute.
    settings: (skillId) => ({ ...queue.settings(skillId), afterServiceLimitMs: 15_000, recorded: false }),
    members: SIMULATED_AGENTS.filter((_name, index) => queue.name in SKILLS_IN_TURN[index % 3]!).map((name) => ({ name, priority: 1 })),
  })),
  trunk: {
    name: 'Líneas simuladas',
    profile: { servers: [], addressRanges: [], dialledFrom: 'request-uri', callerFrom: 'from', numberFormat: { kind: 'e164' }, channelLimit: 30, keepAliveSeconds: 0, outbound: false },
  },
  number: { number: '5117000000', public: false },
  callPage: null,
  contacts: [],
};

/** The account that lives by itself, with agents nobody can sign in as; its telephony is simulated. */
export function createLiveDemoAccount(deps: CreateAccountDeps): Promise<Result<MadeAccount, { readonly code: 'already-there' }>> {
  return createAccount(deps, DEMO_EN_VIVO, () => undefined);
}
