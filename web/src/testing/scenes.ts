import { afterService, agent, board, call, conversation, liveConversation, manyAgents, offer, overflowing, pastBoard, realDay, realDays, ringingConversation, rows, session, ventas, whatIfAnswer } from './cast.ts';
import type { NamedScene } from './pictures.ts';

const carla = session('agent');
const diego = session('supervisor');
/** Rings with the order to answer by itself, so that the phone of the page holds a call. */
const ringAndAnswer: NamedScene['act'] = async (page, sip) => {
  await page.waitForFunction(() => document.querySelector('.dock-state')?.textContent !== 'Conectando');
  sip.ring(['X-Centralita-Return: yes']);
  await page.waitForSelector('.keys .key[aria-pressed] >> nth=1', { timeout: 4_000 }).catch(() => null);
};
const talked = { 'GET /api/conversations/cnv_live': { status: 200, body: liveConversation } } as const;
/** What was said before with one person. */
const before = { 'GET /api/conversations': { status: 200, body: { items: rows, nextCursor: null } } } as const;
const refused = (code: string, status: number) => ({ status, body: { type: 'about:blank', title: code, status, code, requestId: 'req_1' } });

/** A week of one queue, to begin a question from. */
const week = { 'GET /api/queues': { status: 200, body: { items: [ventas] } }, 'GET /api/what-if/days': { status: 200, body: realDays }, 'GET /api/what-if/days/2026-03-06': { status: 200, body: realDay } } as const;
const simulate: NamedScene['act'] = async (page) => {
  await page.click('.controls .go .btn');
  await page.waitForSelector('.verdict');
};

/** Every screen in the states that matter. */
export const scenes: readonly NamedScene[] = [
  { name: 'sign-in', path: '/sign-in', session: null, ready: 'form' },
  {
    name: 'sign-in-refused',
    path: '/sign-in',
    session: null,
    ready: 'form',
    answers: { 'POST /api/session': refused('wrong-credentials', 401) },
    act: async (page) => {
      await page.fill('[name=email]', 'carla@ejemplo.es');
      await page.fill('[name=password]', 'not this one');
      await page.click('form .primary');
      await page.waitForSelector('.refusal');
    },
  },
  { name: 'workspace-idle', path: '/workspace', session: carla, me: { agent: agent() }, ready: '.empty' },
  { name: 'workspace-away', path: '/workspace', session: carla, me: { agent: agent({ statusId: 'sta_lunch' }) }, ready: '.empty .primary' },
  {
    name: 'workspace-ringing',
    path: '/workspace',
    session: carla,
    me: { agent: agent({ activity: 'offered' }), offer },
    answers: { 'GET /api/conversations/cnv_live': { status: 200, body: ringingConversation }, ...before },
    ready: '[data-testid=incoming-card]',
    act: async (page, sip) => {
      await page.waitForSelector('.dock-state.good', { timeout: 3_000 }).catch(() => null);
      sip.ring(['X-Centralita-Offer: off_1']);
    },
  },
  { name: 'workspace-talking', path: '/workspace', session: carla, me: { agent: agent({ activity: 'talking' }), 'call:cal_1': call() }, answers: talked, ready: '.wrap textarea', act: ringAndAnswer },
  {
    name: 'workspace-web-visitor',
    path: '/workspace',
    session: carla,
    me: { agent: agent({ activity: 'talking' }), 'call:cal_1': call({ other: { name: null, number: '', kind: 'web', contactId: null } }) },
    answers: { ...talked, 'GET /api/conversations': { status: 200, body: { items: [], nextCursor: null } } },
    ready: '.wrap textarea',
  },
  { name: 'workspace-holding', path: '/workspace', session: carla, me: { agent: agent({ activity: 'holding' }), 'call:cal_1': call({ state: 'holding', allowedActions: ['resume', 'hang-up'] }) }, answers: talked, ready: '.wrap textarea' },
  { name: 'workspace-reconnecting', path: '/workspace', session: carla, me: { agent: agent({ activity: 'talking' }), 'call:cal_1': call({ state: 'reconnecting', quality: null, allowedActions: ['hang-up'] }) }, answers: talked, ready: '.wrap textarea' },
  { name: 'workspace-after-service', path: '/workspace', session: carla, me: { agent: agent({ activity: 'after-service' }), 'after-service': afterService }, answers: { 'GET /api/conversations/cnv_live': { status: 200, body: { ...liveConversation, endedAt: afterService.startedAt, ending: 'answered', endedBy: 'customer' } } }, ready: '.wrap textarea' },
  { name: 'workspace-not-answering', path: '/workspace', session: carla, me: { agent: agent({ activity: 'not-answering' }) }, ready: '[data-testid=not-answering-card]' },
  {
    name: 'workspace-menu',
    path: '/workspace',
    session: carla,
    me: { agent: agent() },
    ready: '.bar .status',
    act: async (page) => {
      await page.click('.bar .status');
      await page.waitForSelector('.mantine-Menu-dropdown');
    },
  },
  {
    name: 'workspace-keypad',
    path: '/workspace',
    session: carla,
    me: { agent: agent({ activity: 'talking' }), 'call:cal_1': call() },
    answers: talked,
    ready: '.keys .key',
    act: async (page) => {
      await page.click('.keys .key >> nth=-2', { timeout: 2_000 }).catch(() => null);
      await page.waitForTimeout(400);
    },
  },
  {
    name: 'workspace-devices',
    path: '/workspace',
    session: carla,
    me: { agent: agent() },
    ready: '.bar .status',
    act: async (page) => {
      if (!(await page.isVisible('.dock'))) await page.click('.rail .foot button');
      await page.click('.dev .btn');
      await page.waitForSelector('.mantine-Modal-content');
      await page.click('.checks .btn');
      await page.waitForTimeout(3_500);
    },
  },
  { name: 'workspace-empty', path: '/workspace', session: carla, me: { agent: agent() }, ready: '.empty', answers: { 'GET /api/conversations': { status: 200, body: { items: [], nextCursor: null } } } },
  { name: 'workspace-loading', path: '/workspace', session: carla, me: { agent: agent() }, ready: '.empty', answers: { 'GET /api/conversations': 'never' } },
  { name: 'workspace-error', path: '/workspace', session: carla, me: { agent: agent() }, ready: '.mid .empty', answers: { 'GET /api/conversations': refused('forbidden', 403) } },
  { name: 'board', path: '/live', session: diego, me: { agent: agent({ userId: 'usr_diego' }) }, board: board(), ready: '.people [role=row] .who' },
  { name: 'board-simulated', path: '/live', session: { ...diego, liveDemo: { available: true, running: true } }, me: { agent: agent() }, board: board({ simulated: true }), ready: '.people [role=row] .who' },
  { name: 'board-empty', path: '/live', session: diego, me: { agent: agent() }, board: board({ waiting: 0, longestWaitSince: null, offeredToday: 0, answeredToday: 0, abandonedToday: 0, serviceLevel: null, averageHandleMs: null, occupancy: null, linesInUse: 0, linesInbound: 0, linesOutbound: 0 }, []), ready: '.people .empty' },
  { name: 'board-let-go', path: '/live', session: diego, me: { agent: agent({ userId: 'usr_diego' }) }, board: 'let-go', ready: '.failure' },
  { name: 'board-past', path: `/live?at=${pastBoard.at}`, session: diego, me: { agent: agent({ userId: 'usr_diego' }) }, board: board(), answers: { 'GET /api/board': { status: 200, body: pastBoard } }, ready: '.who-waited li' },
  { name: 'board-past-gone', path: `/live?at=${pastBoard.at}`, session: diego, me: { agent: agent({ userId: 'usr_diego' }) }, board: board(), answers: { 'GET /api/board': { status: 410, body: { type: 'about:blank', title: 'gone', status: 410, code: 'past-not-kept', requestId: 'req_1' } } }, ready: '.failure' },
  { name: 'board-many', path: '/live', session: diego, me: { agent: agent() }, board: board({}, manyAgents(2_000)), ready: '.people [role=row] .who' },
  { name: 'history', path: '/history', session: diego, me: { agent: agent() }, ready: '.history tbody tr' },
  { name: 'history-empty', path: '/history?number=999', session: diego, me: { agent: agent() }, ready: '.history .empty', answers: { 'GET /api/conversations': { status: 200, body: { items: [], nextCursor: null } } } },
  { name: 'history-error', path: '/history', session: diego, me: { agent: agent() }, ready: '.history .failure', answers: { 'GET /api/conversations': refused('forbidden', 403) } },
  { name: 'conversation', path: '/history/cnv_live', session: diego, me: { agent: agent() }, ready: '.player .ctl', act: async (page) => page.waitForTimeout(700) },
  { name: 'call-us', path: '/llamar/ferreteria-central', session: null, ready: '.cta' },
  { name: 'call-us-closed', path: '/llamar/ferreteria-central', session: null, ready: '.box', answers: { 'GET /api/public/ferreteria-central': { status: 200, body: { accountName: 'Ferretería Central', open: false, recordingNotice: true, language: 'es', numberShown: '+34910000100' } } } },
  {
    name: 'call-us-live',
    path: '/llamar/ferreteria-central',
    session: null,
    ready: '.cta',
    answers: { 'POST /api/public/ferreteria-central/guest-calls': { status: 201, body: { deviceId: 'dev_g', webSocketPath: '/sip', sipDomain: 'centralita.invalid', username: 'guest', password: 'secret', expiresAt: Date.now() + 60_000, iceServers: [], target: '+34910000100' } } },
    act: async (page) => {
      await page.click('.cta');
      await page.waitForTimeout(900);
    },
  },
  {
    name: 'call-us-limit',
    path: '/llamar/ferreteria-central',
    session: null,
    ready: '.cta',
    answers: { 'POST /api/public/ferreteria-central/guest-calls': refused('rate-limited', 429) },
    act: async (page) => {
      await page.click('.cta');
      await page.waitForSelector('.said.bad');
    },
  },
  {
    name: 'call-us-no-microphone',
    path: '/llamar/ferreteria-central',
    session: null,
    ready: '.cta',
    act: async (page) => {
      await page.evaluate(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
      });
      await page.click('.cta');
      await page.waitForSelector('.said.bad');
    },
  },
  { name: 'call-us-missing', path: '/llamar/no-existe', session: null, ready: '.failure', answers: { 'GET /api/public/no-existe': refused('not-found', 404) } },
  { name: 'conversation-administrator', path: '/history/cnv_live', session: session('administrator'), me: { agent: agent() }, answers: { 'GET /api/conversations/cnv_live': { status: 200, body: { ...conversation, allowedActions: [...conversation.allowedActions, 'download-trace'] } } }, ready: '.player .ctl' },
  { name: 'history-first', path: '/history', session: diego, me: { agent: agent() }, ready: '.history .empty', answers: { 'GET /api/conversations': { status: 200, body: { items: [], nextCursor: null } } } },
  {
    name: 'board-compact',
    path: '/live',
    session: diego,
    me: { agent: agent() },
    board: board({}, manyAgents(500)),
    ready: '.people [role=row] .who',
    act: async (page) => {
      await page.evaluate(() => localStorage.setItem('centralita.density', 'compact'));
      await page.reload();
      await page.waitForSelector('.people [role=row] .who');
    },
  },
  {
    name: 'workspace-dial',
    path: '/workspace',
    session: carla,
    me: { agent: agent() },
    ready: '.bar .status',
    act: async (page) => {
      if (!(await page.isVisible('.dock'))) await page.click('.rail .foot button');
      await page.click('.dial .btn >> nth=-1');
      await page.fill('.dial .field', '600 00 01 42');
    },
  },
  { name: 'what-if', path: '/what-if', session: diego, me: { agent: agent() }, ready: '.half-hours tbody tr', answers: { ...week, 'POST /api/what-if': { status: 200, body: whatIfAnswer } }, act: simulate },
  {
    name: 'what-if-table',
    path: '/what-if',
    session: diego,
    me: { agent: agent() },
    ready: '.half-hours tbody tr',
    answers: { ...week, 'POST /api/what-if': { status: 200, body: { ...whatIfAnswer, secondQueue: whatIfAnswer.queue } } },
    act: async (page, sip) => {
      await page.click('.check >> nth=1');
      await simulate(page, sip);
      await page.focus('.cursor input');
      await page.keyboard.press('ArrowRight');
      await page.click('.tools .btn >> nth=1');
      await page.locator('.half-hours').scrollIntoViewIfNeeded();
      await page.evaluate(() => document.querySelector('.half-hours')?.scrollIntoView());
    },
  },
  {
    name: 'what-if-other-queue',
    path: '/what-if',
    session: diego,
    me: { agent: agent() },
    ready: '.half-hours tbody tr',
    answers: { ...week, 'POST /api/what-if': { status: 200, body: { ...whatIfAnswer, secondQueue: whatIfAnswer.queue } } },
    act: async (page, sip) => {
      await page.click('.check >> nth=1');
      await simulate(page, sip);
      await page.evaluate(() => document.querySelector('.other')?.scrollIntoView());
    },
  },
  {
    name: 'what-if-skill',
    path: '/what-if',
    session: diego,
    me: { agent: agent() },
    ready: '.half-hours tbody tr',
    answers: { ...week, 'GET /api/what-if/days/2026-03-06': { status: 200, body: { ...realDay, skill: { agentsShare: 0.6, othersAfterSeconds: 45 } } }, 'POST /api/what-if': { status: 200, body: { ...whatIfAnswer, queue: overflowing(whatIfAnswer.queue), secondQueue: whatIfAnswer.queue } } },
    act: async (page, sip) => {
      await page.click('.check >> nth=2');
      await simulate(page, sip);
    },
  },
  { name: 'what-if-before', path: '/what-if', session: diego, me: { agent: agent() }, ready: '.half-hours tbody tr', answers: week },
  { name: 'what-if-made-up', path: '/what-if', session: diego, me: { agent: agent() }, ready: '.half-hours tbody tr', answers: { ...week, 'GET /api/what-if/days': { status: 200, body: { ...realDays, days: realDays.days.map((day) => ({ ...day, calls: 0 })) } } } },
  {
    name: 'what-if-running',
    path: '/what-if',
    session: diego,
    me: { agent: agent() },
    ready: '.half-hours tbody tr',
    answers: { ...week, 'POST /api/what-if': 'never', 'GET /api/what-if/progress': { status: 200, body: { days: { done: 7, of: 20 } } } },
    act: async (page) => {
      await page.click('.controls .go .btn');
      await page.waitForSelector('.progress [aria-valuenow="7"]');
      await page.locator('.progress').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'what-if-refused',
    path: '/what-if',
    session: diego,
    me: { agent: agent() },
    ready: '.half-hours tbody tr',
    answers: { ...week, 'POST /api/what-if': { status: 400, body: { ...refused('invalid-input', 400).body, errors: [{ pointer: '/calls/22', code: 'too_big', detail: 'Too big: expected number to be <=1000' }] } } },
    act: async (page) => {
      await page.click('.controls .go .btn');
      await page.waitForSelector('.refused');
    },
  },
  { name: 'what-if-empty', path: '/what-if', session: diego, me: { agent: agent() }, ready: '.what-if .empty' },
  { name: 'what-if-loading', path: '/what-if', session: diego, me: { agent: agent() }, ready: '.what-if .skeleton', answers: { ...week, 'GET /api/what-if/days': 'never' } },
  { name: 'what-if-error', path: '/what-if', session: diego, me: { agent: agent() }, ready: '.what-if .failure', answers: { ...week, 'GET /api/what-if/days': refused('forbidden', 403) } },
  { name: 'workspace-offline', path: '/workspace', session: carla, phone: 'away', ready: '.bar .status' },
];
