import type { BoardAgent, BoardQueue, BoardStatus, BoardTotals, ConversationRow, ConversationView, MeAgent, MeAfterService, MeCall, MeOffer, PartyView, PastBoard, SessionView } from '@centralita/contract';
import type { Activity } from '@centralita/kernel';

/** The fixed cast of the tests, as the server would show it. Times count back from the moment of the test. */
export const NOW = Date.UTC(2026, 10, 19, 9, 43, 20);
const ago = (ms: number): number => NOW - ms;
const MINUTE = 60_000;

export const ana: PartyView = { kind: 'phone', number: '+34600000142', name: 'Ana', contactId: 'con_ana' };
export const beto: PartyView = { kind: 'phone', number: '+34600000175', name: 'Beto', contactId: 'con_beto' };
const withheld: PartyView = { kind: 'phone', number: '', name: null, contactId: null };
const stranger = (digits: string): PartyView => ({ kind: 'phone', number: `+34600000${digits}`, name: null, contactId: null });

const status = (statusId: string, es: string, en: string, icon: string) => ({ statusId, name: es, names: { es, en }, icon, takesQueueWork: icon === 'available' });
const statuses = [
  status('sta_available', 'Disponible', 'Available', 'available'),
  status('sta_break', 'Pausa', 'Break', 'coffee'),
  status('sta_lunch', 'Almuerzo', 'Lunch', 'lunch'),
  status('sta_training', 'En capacitación', 'In training', 'training'),
  status('sta_away', 'No disponible', 'Not available', 'away'),
];

export const session = (role: SessionView['role'] = 'agent', change: Partial<SessionView> = {}): SessionView => ({
  userId: role === 'agent' ? 'usr_carla' : 'usr_diego',
  name: role === 'agent' ? 'Carla' : 'Diego',
  email: role === 'agent' ? 'carla@ejemplo.es' : 'diego@ejemplo.es',
  role,
  language: 'es',
  timeZone: 'Europe/Madrid',
  extension: role === 'agent' ? '204' : '220',
  account: { accountId: 'acc_1', slug: 'ferreteria-central', name: 'Ferretería Central', timeZone: 'Europe/Madrid', simulated: false },
  sections: role === 'agent' ? ['workspace'] : ['workspace', 'live', 'reports', 'history', 'settings'],
  permissions: role === 'agent' ? ['session:use', 'workspace:use', 'conversations:read', 'conversations:write-notes'] : ['session:use', 'workspace:use', 'conversations:read', 'conversations:write-notes', 'recordings:play', 'board:read', 'what-if:use', 'queues:read', 'agents:edit-skills', 'demo:switch'],
  statuses: [...statuses],
  outcomes: ['Pedido cambiado', 'Presupuesto', 'Garantía abierta', 'Recado dejado'],
  tags: ['Pedido', 'Cambio de producto', 'Entrega viernes', 'Garantía'],
  liveDemo: { available: role !== 'agent', running: false },
  ...change,
});

export const agent = (change: Partial<MeAgent> = {}): MeAgent => ({ userId: 'usr_carla', statusId: 'sta_available', statusSince: ago(72 * MINUTE + 40_000), activity: 'idle', activitySince: ago(192_000), devicesOnline: 1, outgoingCalls: true, ...change });

export const offer: MeOffer = { offerId: 'off_1', conversationId: 'cnv_live', caller: beto, queueId: 'que_2', queueName: 'Posventa', waitedMs: 86_000, offeredAt: ago(8_000), expiresAt: ago(-12_000), menuPath: ['2', 'Garantía'], earlierCalls: 2 };

export const call = (change: Partial<MeCall> = {}): MeCall => ({
  callId: 'cal_1',
  conversationId: 'cnv_live',
  direction: 'inbound',
  state: 'talking',
  since: ago(252_000),
  answeredAt: ago(252_000),
  other: ana,
  queueId: 'que_1',
  queueName: 'Ventas',
  recording: 'on',
  quality: { mos: 4.3, lossRatio: 0.002, jitterMs: 6 },
  allowedActions: ['hold', 'send-digits', 'hang-up', 'pause-recording'],
  ...change,
});

export const afterService: MeAfterService = { afterServiceId: 'aft_1', conversationId: 'cnv_live', queueName: 'Ventas', caller: ana, startedAt: ago(22_000), endsAt: ago(-38_000) };

const row = (id: string, change: Partial<ConversationRow>): ConversationRow => ({
  conversationId: id,
  direction: 'inbound',
  startedAt: ago(30 * MINUTE),
  endedAt: ago(26 * MINUTE),
  customer: ana,
  queueId: 'que_1',
  queueName: 'Ventas',
  agentId: 'usr_carla',
  agentName: 'Carla',
  waitMs: 47_000,
  talkMs: 232_000,
  ending: 'answered',
  outcome: 'Presupuesto',
  tags: ['Pedido'],
  hasRecording: true,
  ...change,
});

export const rows: readonly ConversationRow[] = [
  row('cnv_1', { startedAt: ago(14 * MINUTE), customer: stranger('187') }),
  row('cnv_2', { startedAt: ago(26 * MINUTE), customer: beto, queueId: 'que_2', queueName: 'Posventa', talkMs: 340_000, outcome: 'Garantía abierta' }),
  row('cnv_3', { startedAt: ago(35 * MINUTE), direction: 'outbound', customer: { kind: 'phone', number: '+34910000233', name: null, contactId: null }, queueId: null, queueName: null, waitMs: null, talkMs: 72_000, outcome: 'Recado dejado' }),
  row('cnv_4', { startedAt: ago(52 * MINUTE), customer: withheld, talkMs: 126_000, outcome: null, hasRecording: false }),
  row('cnv_5', { startedAt: ago(59 * MINUTE), customer: stranger('118'), agentId: null, agentName: null, talkMs: null, ending: 'abandoned', outcome: null, hasRecording: false }),
  row('cnv_6', { startedAt: ago(73 * MINUTE), customer: stranger('164'), queueName: 'Pedidos y entregas', queueId: 'que_3', talkMs: 391_000, outcome: 'Pedido cambiado', agentId: 'usr_12', agentName: 'Agente 12' }),
  row('cnv_7', { startedAt: ago(26 * 60 * MINUTE), customer: ana, ending: 'overflowed', agentId: null, agentName: null, talkMs: null, outcome: null, hasRecording: false }),
];

export const conversation: ConversationView = {
  ...row('cnv_live', { startedAt: ago(316_000), endedAt: ago(60_000), talkMs: 374_000, outcome: 'Pedido cambiado', tags: ['Pedido', 'Cambio de producto'] }),
  number: '+34910000100',
  endedBy: 'customer',
  menuPath: ['1', 'Ventas'],
  holdMs: 38_000,
  afterServiceMs: 65_000,
  participants: [
    { role: 'customer', userId: null, name: 'Ana', number: '+34600000142', from: ago(316_000), to: ago(60_000), mos: 4.3 },
    { role: 'agent', userId: 'usr_carla', name: 'Carla', number: null, from: ago(252_000), to: ago(60_000), mos: 4.4 },
  ],
  timeline: [
    { at: ago(316_000), kind: 'entered', facts: { number: '+34910000100', direction: 'inbound' } },
    { at: ago(312_000), kind: 'greeting-played', facts: {} },
    { at: ago(301_000), kind: 'menu-digit', facts: { digit: '1', label: 'Ventas' } },
    { at: ago(299_000), kind: 'queued', facts: { queueName: 'Ventas' } },
    { at: ago(298_000), kind: 'position-announced', facts: { position: 3, estimatedWaitMs: 60_000 } },
    { at: ago(258_000), kind: 'offered', facts: { agentName: 'Carla', offerId: 'off_1', waitedMs: 41_000 } },
    { at: ago(252_000), kind: 'answered', facts: { agentName: 'Carla', ringMs: 6_000 } },
    { at: ago(250_000), kind: 'recording-started', facts: {} },
    { at: ago(160_000), kind: 'held', facts: { agentName: 'Carla' } },
    { at: ago(122_000), kind: 'resumed', facts: { agentName: 'Carla', heldMs: 38_000 } },
    { at: ago(60_000), kind: 'ended', facts: { by: 'customer', ending: 'answered' } },
    { at: ago(5_000), kind: 'after-service-ended', facts: { agentName: 'Carla', durationMs: 65_000, reason: 'finished' } },
  ],
  offers: [
    {
      offerId: 'off_1',
      at: ago(258_000),
      agentId: 'usr_carla',
      agentName: 'Carla',
      selection: 'most-qualified',
      rank: { skillLevel: 4, idleMs: 192_000, queuePriority: 1 },
      passedOver: { 'not-free': 8, 'missing-skills': 4, 'ranked-lower': 2 },
      runnersUp: [
        { agentId: 'usr_3', agentName: 'Agente 03', skillLevel: 4, idleMs: 100_000 },
        { agentId: 'usr_18', agentName: 'Agente 18', skillLevel: 3, idleMs: 365_000 },
      ],
    },
  ],
  notes: [
    { noteId: 'not_1', authorId: 'usr_carla', authorName: 'Carla', at: ago(30_000), editedAt: null, text: 'Cambia las brocas SDS de 8 mm por 10 mm (5 unidades). Pide que el repartidor llame al llegar: la calle está en obras.' },
    { noteId: 'not_2', authorId: 'usr_diego', authorName: 'Diego', at: ago(10_000), editedAt: ago(5_000), text: 'Buen cierre. Confirmar el importe antes de la pausa de pago.' },
  ],
  recordings: [{ recordingId: 'rec_1', state: 'ready', startedAt: ago(250_000), durationMs: 190_000, failure: null }],
  allowedActions: ['write-note', 'set-tags', 'set-outcome', 'play-recording'],
};

/** The same while it is talked on: nothing of it has ended, and nobody has written yet. */
export const liveConversation: ConversationView = {
  ...conversation,
  endedAt: null,
  endedBy: null,
  ending: null,
  talkMs: null,
  afterServiceMs: null,
  outcome: null,
  timeline: conversation.timeline.slice(0, 10),
  notes: conversation.notes.slice(0, 1),
  recordings: [],
};

/** And while it rings: it is Beto's, and was offered a moment ago. */
export const ringingConversation: ConversationView = {
  ...liveConversation,
  customer: beto,
  menuPath: ['2', 'Garantía'],
  queueId: 'que_2',
  queueName: 'Posventa',
  notes: [],
  tags: [],
  timeline: [
    { at: ago(116_000), kind: 'entered', facts: { number: '+34910000100', direction: 'inbound' } },
    { at: ago(112_000), kind: 'greeting-played', facts: {} },
    { at: ago(97_000), kind: 'menu-digit', facts: { digit: '2', label: 'Garantía' } },
    { at: ago(94_000), kind: 'queued', facts: { queueName: 'Posventa' } },
    { at: ago(93_000), kind: 'position-announced', facts: { position: 2, estimatedWaitMs: 90_000 } },
    { at: ago(8_000), kind: 'offered', facts: { agentName: 'Carla', offerId: 'off_1', waitedMs: 86_000 } },
  ],
};

export const totals = (change: Partial<BoardTotals> = {}): BoardTotals => ({
  waiting: 4,
  longestWaitSince: ago(94_000),
  offeredToday: 161,
  answeredToday: 141,
  abandonedToday: 5,
  serviceLevel: 0.84,
  serviceLevelThresholdMs: 20_000,
  averageHandleMs: 276_000,
  occupancy: 0.78,
  linesInUse: 13,
  linesInbound: 9,
  linesOutbound: 4,
  lineLimit: 30,
  agentsByActivity: { offline: 3, idle: 2, offered: 1, dialing: 0, talking: 3, holding: 1, 'after-service': 1, 'not-answering': 1 },
  simulated: false,
  ...change,
});

const queue = (queueId: string, name: string, change: Partial<BoardQueue>): BoardQueue => ({ queueId, name, waiting: 0, longestWaitSince: null, agentsFree: 2, agentsSignedIn: 4, serviceLevel: 0.91, serviceLevelTarget: 0.8, serviceLevelThresholdMs: 20_000, offeredToday: 40, answeredToday: 38, abandonedToday: 1, ...change });
export const queues: readonly BoardQueue[] = [
  queue('que_1', 'Ventas', { waiting: 2, longestWaitSince: ago(47_000), agentsFree: 0, agentsSignedIn: 5, serviceLevel: 0.82 }),
  queue('que_3', 'Pedidos y entregas', { waiting: 2, longestWaitSince: ago(94_000), agentsFree: 0, agentsSignedIn: 3, serviceLevel: 0.74 }),
  queue('que_2', 'Posventa', {}),
  queue('que_4', 'Alquiler de maquinaria', { agentsFree: 1, agentsSignedIn: 2, serviceLevel: 0.96 }),
];

const someone = (number: string, activity: Activity, seconds: number, change: Partial<BoardAgent> = {}): BoardAgent => ({
  userId: `usr_${number}`,
  name: `Agente ${number}`,
  extension: `2${number}`,
  statusId: 'sta_available',
  statusName: 'Disponible',
  statusTakesWork: true,
  activity,
  since: ago(seconds * 1_000),
  limitMs: null,
  with: null,
  queueName: null,
  answeredToday: 18,
  averageHandleMs: 250_000,
  ...change,
});

export const agents: readonly BoardAgent[] = [
  someone('12', 'talking', 708, { limitMs: 480_000, with: stranger('131'), queueName: 'Ventas' }),
  someone('07', 'after-service', 151, { limitMs: 120_000, with: stranger('109'), queueName: 'Pedidos y entregas' }),
  someone('05', 'not-answering', 186, { queueName: 'Ventas' }),
  someone('15', 'offered', 8, { with: stranger('122'), queueName: 'Pedidos y entregas' }),
  someone('04', 'talking', 252, { name: 'Carla', userId: 'usr_carla', limitMs: 480_000, with: ana, queueName: 'Ventas', answeredToday: 23 }),
  someone('21', 'holding', 70, { limitMs: 120_000, with: { kind: 'phone', number: '+34910000218', name: null, contactId: null }, queueName: 'Posventa' }),
  someone('09', 'talking', 52, { limitMs: 480_000, with: stranger('190'), queueName: 'Alquiler de maquinaria' }),
  someone('03', 'idle', 14),
  someone('18', 'idle', 140),
  someone('11', 'idle', 465, { statusId: 'sta_break', statusName: 'Pausa', statusTakesWork: false, limitMs: 900_000 }),
  someone('24', 'idle', 1082, { statusId: 'sta_training', statusName: 'En capacitación', statusTakesWork: false, limitMs: 1_800_000 }),
];
export const manyAgents = (count: number): readonly BoardAgent[] => Array.from({ length: count }, (_, index) => someone(String(index + 100), (['talking', 'idle', 'after-service', 'holding'] as const)[index % 4]!, (index * 7) % 500, { extension: String(1_000 + index), limitMs: index % 4 === 0 ? 480_000 : null }));

export const board = (change: Partial<BoardTotals> = {}, people: readonly BoardAgent[] = agents): Record<string, unknown> => ({
  totals: totals(change),
  ...Object.fromEntries(statuses.map(({ statusId, names, icon }) => [`status:${statusId}`, { statusId, names, icon } satisfies BoardStatus])),
  ...Object.fromEntries(queues.map((entity) => [`queue:${entity.queueId}`, entity])),
  ...Object.fromEntries(people.map((entity) => [`agent:${entity.userId}`, entity])),
});

/** Ten minutes ago: the same people, and who waited. */
const PAST = NOW - 10_000 * 60;
export const pastBoard: PastBoard = {
  at: PAST,
  firstAt: PAST - 5 * 86_400_000,
  totals: totals({ longestWaitSince: PAST - 62_000 }),
  queues: queues.map((queue) => ({ ...queue, longestWaitSince: queue.longestWaitSince === null ? null : PAST - (NOW - queue.longestWaitSince) })),
  agents: agents.map((agent) => ({ ...agent, since: PAST - (NOW - agent.since), conversationId: agent.with === null ? null : 'cnv_live' })),
  statuses: statuses.map(({ statusId, names, icon }) => ({ statusId, names, icon })),
  waiting: [
    { waitingId: 'wai_1', conversationId: 'cnv_live', queueId: 'que_ventas', queueName: 'Ventas', customer: ana, queuedAt: PAST - 62_000 },
    { waitingId: 'wai_2', conversationId: 'cnv_2', queueId: 'que_posventa', queueName: 'Posventa', customer: { kind: 'phone', number: '', name: null, contactId: null }, queuedAt: PAST - 9_000 },
  ],
};

/** An office's Friday in "Ventas", and what twenty such days with other agents came to. */
const officeDay = Array.from({ length: 48 }, (_, place) => (place < 17 || place > 38 ? 0 : Math.round(4 + 20 * Math.exp(-(((place - 22) / 5) ** 2)) + 14 * Math.exp(-(((place - 33) / 4) ** 2)))));
const agentsOn = (calls: number): number => (calls === 0 ? 0 : 1 + Math.ceil(calls / 8.6));
const pressure = (place: number): number => officeDay[place]! / (8.6 * Math.max(1, agentsOn(officeDay[place]!)));
const nothing = { waitSeconds: null, serviceLevel: null, abandoned: null, overflowed: null, occupancy: null };
const happened = (place: number) => (officeDay[place] === 0 ? nothing : { waitSeconds: Math.round(6 + 70 * pressure(place) ** 3), serviceLevel: Math.max(0.3, 0.98 - 0.5 * pressure(place) ** 3), abandoned: 0.14 * pressure(place) ** 3, overflowed: 0, occupancy: Math.min(0.97, 0.15 + pressure(place) * 0.85) });
export const realDay = {
  date: '2026-03-06',
  timeZone: 'Europe/Madrid',
  halfHours: officeDay.map((calls, place) => ({ ...happened(place), calls, agents: agentsOn(calls) })),
  whole: { waitSeconds: 31, serviceLevel: 0.71, abandoned: 0.082, overflowed: 0, occupancy: 0.78, calls: officeDay.reduce((sum, one) => sum + one, 0) },
  habits: { talkSeconds: 172, talkVariation: 0.7, afterServiceSeconds: 31, patienceSeconds: 141 },
  skill: null,
};
export const realDays = { timeZone: 'Europe/Madrid', days: [0, 1, 2, 3, 4, 5, 6].map((at) => ({ date: `2026-03-${String(at + 2).padStart(2, '0')}`, calls: [301, 288, 279, 296, realDay.whole.calls, 0, 0][at]! })) };
const figure = (value: number, spread: number, top = 1) => ({ value, low: Math.max(0, value - spread), high: Math.min(top, value + spread) });
const noFigure = { value: null, low: null, high: null };
const figuresAt = (place: number) => {
  const rho = pressure(place) * 0.88;
  if (officeDay[place] === 0) return { offered: 0, waitSeconds: noFigure, serviceLevel: noFigure, abandoned: noFigure, overflowed: noFigure, occupancy: noFigure };
  return { offered: officeDay[place]!, waitSeconds: figure(5 + 45 * rho ** 3, 4 + 22 * rho ** 3, 9_999), serviceLevel: figure(0.985 - 0.3 * rho ** 3, 0.03 + 0.12 * rho), abandoned: figure(0.08 * rho ** 3, 0.05 * rho), overflowed: figure(0, 0), occupancy: figure(0.12 + rho * 0.8, 0.09) };
};
const simulatedQueue = { whole: { offered: realDay.whole.calls, waitSeconds: figure(16, 5, 99), serviceLevel: figure(0.84, 0.05), abandoned: figure(0.046, 0.015), overflowed: figure(0, 0), occupancy: figure(0.7, 0.03) }, halfHours: officeDay.map((_, place) => figuresAt(place)) };
export const whatIfAnswer = {
  simulatedDays: 20,
  simulatedCalls: 20 * realDay.whole.calls,
  queue: simulatedQueue,
  secondQueue: null,
  theory: officeDay.map((calls) => (calls === 0 ? null : { load: (calls * 203) / 1_800, erlangC: { waitSeconds: 14.2, serviceLevel: 0.86 }, erlangA: { waitSeconds: 8.1, abandoned: 0.057 }, agentsNeeded: 2 + Math.ceil(calls / 8.6) })),
};
/** The same queue with a maximum wait. */
export const overflowing = (queue: typeof simulatedQueue) => ({
  whole: { ...queue.whole, overflowed: figure(0.031, 0.012) },
  halfHours: queue.halfHours.map((half) => ({ ...half, overflowed: half.offered === 0 ? noFigure : figure(0.06 * half.occupancy.value! ** 4, 0.02) })),
});
export const ventas = { queueId: 'que_ventas', name: 'Ventas', selection: 'longest-idle', requiredSkills: [], preferredSkills: [], relaxing: [], priority: 50, ageingPerMinute: 1, ringTimeoutMs: 20_000, maximumWaitMs: null, maximumSize: null, overflow: { kind: 'message', prompt: 'closing' }, afterServiceLimitMs: 60_000, serviceLevelTarget: 0.8, serviceLevelThresholdMs: 20_000, shortAbandonMs: 5_000, announceEveryMs: 45_000, music: 'cord', recorded: true, language: 'es', members: [], version: 1 };
