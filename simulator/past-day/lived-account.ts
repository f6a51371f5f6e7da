import { type AccountId, randomId, type UserId } from '@centralita/kernel';
import type { ConfigurationChange } from '@centralita/server/capabilities/accounts/index.ts';
import { changeQueue } from '@centralita/server/capabilities/accounts/application/save-queue.ts';
import { readOutbox } from '@centralita/server/storage/outbox.postgres.ts';
import type { Pool } from '@centralita/server/storage/pool.ts';
import type { Stores } from '@centralita/server/wiring/create-stores.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SimulatedAccount } from '../world/account.ts';

type Change<Entity extends ConfigurationChange['entity']> = Extract<ConfigurationChange, { readonly entity: Entity }>;

/** What the day needs and a new account does not have: each agent of a queue gets a desk telephone, and nothing is recorded, since nobody speaks. */
export async function prepareAccount({ change, configuration, devices, read }: Stores, account: AccountId): Promise<void> {
  const editor = { account, actor: 'simulator', requestId: null };
  const queues = await read(account, (sql) => configuration.queues.list(sql, { viewer: editor.actor, scope: 'account' }));
  const agents = new Set(queues.flatMap(({ members }) => members.map(({ userId }) => userId)));
  for (const { queueId, settings } of queues) {
    const saved = await changeQueue(configuration, editor, queueId, undefined, { settings: { ...settings, recorded: false }, members: undefined });
    if (!saved.ok) throw new Error(`queue ${queueId}: ${saved.refusal.code}`);
  }
  for (const userId of agents) {
    const deviceId = randomId('device');
    await change(editor, async (sql) => {
      await devices.insert(sql, { deviceId, userId, sessionId: null, kind: 'phone', username: `p-${deviceId}`, secret: Buffer.alloc(40), onlyNumber: null, contact: null, expiresAt: null });
      return { ok: true, value: { value: undefined, audit: [{ action: 'device-added', entity: 'device', entityId: deviceId }], floor: [{ entity: 'device', id: deviceId, value: { userId, kind: 'phone' } }] } };
    });
  }
}

/**
 * A real account for the simulated world: its configuration as its floor reads it. Who presses 1 comes to the queue of the flow's
 * first option, which is the scenario's first, and so on.
 */
export async function livedAccount(floorPool: Pool, account: AccountId, scenario: Scenario): Promise<SimulatedAccount> {
  const { rows, more } = await readOutbox(floorPool, account, 0);
  if (more) throw new Error(`the configuration of ${account} is larger than one read`);
  // Rows are written from typed values by one function.
  const changes = rows.map(({ position, entity, entityId, value }) => ({ position, entity, id: entityId, value }) as ConfigurationChange);
  const latest = <Entity extends ConfigurationChange['entity']>(entity: Entity) => [...new Map(changes.flatMap((change) => (change.entity === entity && change.value !== null ? [[change.id, change as Change<Entity>] as const] : []))).values()];
  const statuses = latest('status');
  const [number] = latest('number');
  const steps = Object.values(latest('flow')[0]!.value!.steps);
  const menu = steps.find((step) => step.kind === 'menu')!;
  const queues = Object.entries(menu.options).map(([key, { next }], at) => {
    const step = latest('flow')[0]!.value!.steps[next]!;
    if (step.kind !== 'queue') throw new Error(`key ${key} does not lead to a queue`);
    return { queueId: step.queueId, key, scenario: scenario.queues[at]! };
  });
  const phones = latest('device').map(({ id, value }) => ({ deviceId: id, userId: value!.userId }));
  const devicesOf = (agentId: UserId) => phones.filter(({ userId }) => userId === agentId).map(({ deviceId }) => deviceId);
  return {
    account,
    number: number!.value!.number,
    trunkId: number!.value!.trunkId,
    availableId: statuses.find(({ value }) => value!.takesQueueWork)!.id,
    breakId: statuses.find(({ value }) => !value!.takesQueueWork)!.id,
    changes,
    queues,
    agents: latest('agent').filter(({ value }) => value!.queues.length > 0).map(({ id, value }) => ({ agentId: id, devices: devicesOf(id), queueIds: value!.queues.map(({ queueId }) => queueId), shift: scenario.agentHabits.shifts[0]! })),
  };
}
