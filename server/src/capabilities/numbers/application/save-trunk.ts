import type { Result, TrunkId } from '@centralita/kernel';
import { type ConfigurationRefusal, derivedKey, type Editor, floorTrunk, invalid, type NumberDeps, seal, type Trunk, type TrunkSettings } from './ports.ts';

const TAKEN: ConfigurationRefusal = { code: 'name-taken', errors: [{ pointer: '/name', code: 'name-taken', detail: 'another trunk has this name' }] };

export async function createTrunk(deps: NumberDeps, editor: Editor, settings: TrunkSettings): Promise<Result<Trunk, ConfigurationRefusal>> {
  const inClear = keysInClear(settings);
  if (inClear) return { ok: false, refusal: inClear };
  const trunkId = deps.drawId('trunk');
  const secret = await sealedPassword(deps, editor, trunkId, settings);
  return deps.change(editor, async (sql) => {
    if (await deps.trunks.nameTaken(sql, settings.name, trunkId)) return { ok: false, refusal: TAKEN };
    const after: Trunk = { trunkId, settings: withoutPassword(settings), secret, version: 1 };
    await deps.trunks.write(sql, after);
    return { ok: true, value: { value: after, ...traces('trunk-created', undefined, after) } };
  });
}

export async function changeTrunk(deps: NumberDeps, editor: Editor, trunkId: TrunkId, expectedVersion: number | undefined, settings: TrunkSettings): Promise<Result<Trunk, ConfigurationRefusal>> {
  const inClear = keysInClear(settings);
  if (inClear) return { ok: false, refusal: inClear };
  const given = await sealedPassword(deps, editor, trunkId, settings);
  return deps.change(editor, async (sql) => {
    const before = await deps.trunks.findToChange(sql, trunkId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    if (expectedVersion !== undefined && before.version !== expectedVersion) return { ok: false, refusal: { code: 'version-conflict' } };
    if (await deps.trunks.nameTaken(sql, settings.name, trunkId)) return { ok: false, refusal: TAKEN };
    const kept = settings.registration ? before.secret : null;
    const after: Trunk = { trunkId, settings: withoutPassword(settings), secret: given ?? kept, version: before.version + 1 };
    await deps.trunks.write(sql, after);
    return { ok: true, value: { value: after, ...traces('trunk-changed', before, after) } };
  });
}

/** SRTP's keys stand in the signalling: a server reached without TLS would give them to everybody on the way. */
function keysInClear({ srtp, servers, registration }: TrunkSettings): ConfigurationRefusal | undefined {
  if (srtp !== 'sdes') return undefined;
  const places = [...servers.map((uri, i) => ({ uri, pointer: `/servers/${i}` })), ...(registration ? [{ uri: registration.registrar, pointer: '/registration/registrar' }] : [])];
  const open = places.find(({ uri }) => !/^sips:|;transport=tls(?:;|\?|$)/i.test(uri));
  return open && invalid(open.pointer, 'tls-required', 'srtp needs TLS: sips: or ;transport=tls');
}

async function sealedPassword(deps: NumberDeps, editor: Editor, trunkId: TrunkId, { registration }: TrunkSettings): Promise<Buffer | null> {
  if (!registration?.password) return null;
  const key = derivedKey(await deps.accountKeys.keyOf(editor.account), 'secrets');
  return seal(key, registration.password, trunkId);
}

const withoutPassword = (settings: TrunkSettings): TrunkSettings => ({ ...settings, registration: settings.registration && { ...settings.registration, password: '' } });

function traces(action: string, before: Trunk | undefined, after: Trunk) {
  return {
    audit: [{ action, entity: 'trunk', entityId: after.trunkId, before: before?.settings, after: after.settings }],
    floor: [{ entity: 'trunk' as const, id: after.trunkId, value: floorTrunk(after.settings) }],
  };
}
