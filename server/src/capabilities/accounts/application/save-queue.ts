import type { QueueId, Result, UserId } from '@centralita/kernel';
import type { FloorQueue } from '../domain/floor-configuration.ts';
import type { Editor, FloorChange, Sql } from './change-configuration.ts';
import type { ConfigurationDeps, ConfigurationRefusal, Queue, QueueMember, QueueSettings } from './ports.ts';

export interface QueueChange {
  readonly settings: QueueSettings;
  /** Left out: members stay as they are. */
  readonly members: readonly QueueMember[] | undefined;
}

export function createQueue(deps: ConfigurationDeps, editor: Editor, change: QueueChange): Promise<Result<Queue, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const queueId = deps.drawId('queue');
    const refusal = await refusalOf(deps, sql, queueId, change);
    if (refusal) return { ok: false, refusal };
    await deps.queues.insert(sql, queueId, change.settings);
    return saved(deps, sql, queueId, change, undefined);
  });
}

/** @param expectedVersion undefined: whatever version it has */
export function changeQueue(deps: ConfigurationDeps, editor: Editor, queueId: QueueId, expectedVersion: number | undefined, change: QueueChange): Promise<Result<Queue, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.queues.findToChange(sql, queueId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    if (expectedVersion !== undefined && before.version !== expectedVersion) return { ok: false, refusal: { code: 'version-conflict' } };
    const refusal = await refusalOf(deps, sql, queueId, change);
    if (refusal) return { ok: false, refusal };
    await deps.queues.update(sql, queueId, change.settings);
    return saved(deps, sql, queueId, change, before);
  });
}

async function saved(deps: ConfigurationDeps, sql: Sql, queueId: QueueId, change: QueueChange, before: Queue | undefined) {
  const touched = change.members ? await deps.queues.replaceMembers(sql, queueId, change.members) : [];
  const after = (await deps.queues.find(sql, queueId))!;
  return {
    ok: true as const,
    value: {
      value: after,
      audit: [{ action: before ? 'queue-changed' : 'queue-created', entity: 'queue', entityId: queueId, before, after }],
      floor: [{ entity: 'queue' as const, id: queueId, value: floorQueue(after.settings) }, ...(await floorAgents(deps, sql, touched))],
    },
  };
}

/** The floor's value without what only screens read. */
export function floorQueue({ name: _name, serviceLevelTarget: _target, ...floor }: QueueSettings): FloorQueue {
  return floor;
}

export async function floorAgents(deps: Pick<ConfigurationDeps, 'agents'>, sql: Sql, userIds: readonly UserId[]): Promise<FloorChange[]> {
  const changes: FloorChange[] = [];
  for (const userId of userIds) changes.push({ entity: 'agent', id: userId, value: await deps.agents.floorAgent(sql, userId) });
  return changes;
}

async function refusalOf(deps: ConfigurationDeps, sql: Sql, queueId: QueueId, { settings, members }: QueueChange): Promise<ConfigurationRefusal | undefined> {
  if (await deps.queues.nameTaken(sql, settings.name, queueId)) return { code: 'name-taken', errors: [{ pointer: '/name', code: 'name-taken', detail: 'another queue has this name' }] };
  const relaxed = settings.relaxing.flatMap((step) => step.required);
  const missingSkills = await deps.skills.missing(sql, [...settings.requiredSkills, ...settings.preferredSkills, ...relaxed].map((one) => one.skillId));
  if (missingSkills.length > 0) return invalid('/requiredSkills', 'unknown-skill', missingSkills.join(', '));
  if (settings.overflow.kind === 'queue') {
    if (settings.overflow.queueId === queueId) return invalid('/overflow/queueId', 'own-queue', 'a queue cannot overflow into itself');
    if (!(await deps.queues.find(sql, settings.overflow.queueId))) return invalid('/overflow/queueId', 'unknown-queue', settings.overflow.queueId);
  }
  const missingMembers = members ? await deps.agents.missing(sql, members.map((member) => member.userId)) : [];
  if (missingMembers.length > 0) return invalid('/members', 'unknown-user', missingMembers.join(', '));
  const steps = settings.relaxing.map((step) => step.afterMs);
  if (steps.some((afterMs, index) => index > 0 && afterMs <= steps[index - 1]!)) return invalid('/relaxing', 'not-growing', 'each step comes after the one before');
  return undefined;
}

const invalid = (pointer: string, code: string, detail: string): ConfigurationRefusal => ({ code: 'invalid-input', errors: [{ pointer, code, detail }] });
