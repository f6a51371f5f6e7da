import type { NumberId, Result } from '@centralita/kernel';
import { type ConfigurationRefusal, type DialledNumber, type Editor, invalid, type NumberDeps, type NumberSettings, type Sql } from './ports.ts';

export function createNumber(deps: NumberDeps, editor: Editor, settings: NumberSettings): Promise<Result<DialledNumber, ConfigurationRefusal>> {
  return deps.change(editor, (sql) => save(deps, sql, { ...settings, numberId: deps.drawId('number'), version: 1 }, undefined));
}

export function changeNumber(deps: NumberDeps, editor: Editor, numberId: NumberId, expectedVersion: number | undefined, settings: NumberSettings): Promise<Result<DialledNumber, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.numbers.findToChange(sql, numberId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    if (expectedVersion !== undefined && before.version !== expectedVersion) return { ok: false, refusal: { code: 'version-conflict' } };
    return save(deps, sql, { ...settings, numberId, version: before.version + 1 }, before);
  });
}

async function save(deps: NumberDeps, sql: Sql, number: DialledNumber, before: DialledNumber | undefined) {
  const refusal = await refusalOf(deps, sql, number);
  if (refusal) return { ok: false as const, refusal };
  if ((await deps.numbers.write(sql, number)) === 'taken-elsewhere') return { ok: false as const, refusal: TAKEN };
  const { numberId, version: _version, ...value } = number;
  return {
    ok: true as const,
    value: {
      value: number,
      audit: [{ action: before ? 'number-changed' : 'number-created', entity: 'number', entityId: numberId, before, after: number }],
      floor: [{ entity: 'number' as const, id: numberId, value }],
    },
  };
}

const TAKEN: ConfigurationRefusal = { code: 'name-taken', errors: [{ pointer: '/number', code: 'name-taken', detail: 'this number already leads somewhere' }] };

async function refusalOf(deps: NumberDeps, sql: Sql, number: DialledNumber): Promise<ConfigurationRefusal | undefined> {
  if (await deps.numbers.taken(sql, number, number.numberId)) return TAKEN;
  if (!(await deps.numbers.flowExists(sql, number.flowId))) return invalid('/flowId', 'unknown-flow', number.flowId);
  if (number.trunkId !== null && !(await deps.trunks.findToChange(sql, number.trunkId))) return invalid('/trunkId', 'unknown-trunk', number.trunkId);
  return undefined;
}
