import { randomBytes } from 'node:crypto';
import { randomId, type RecordingId } from '@centralita/kernel';
import { expect, it, vi } from 'vitest';
import type { RecordingDeps } from '../capabilities/recordings/index.ts';
import type { Floors } from './floors.ts';
import { RecordingKeeper } from './recording-keeper.ts';

const account = randomId('account');

/** A keeper over rows in memory and a folder whose files are encrypted when the test says so. */
function keeperOf(recordings: readonly RecordingId[], encrypt: (recordingId: RecordingId) => Promise<void>): { readonly keeper: RecordingKeeper; readonly states: Map<RecordingId, string> } {
  const states = new Map<RecordingId, string>(recordings.map((recordingId) => [recordingId, 'running']));
  const row = (recordingId: RecordingId) => ({ recordingId, state: states.get(recordingId) });
  const table = {
    begin: (_account: string, { recordingId }: { readonly recordingId: RecordingId }) => Promise.resolve(void (states.has(recordingId) || states.set(recordingId, 'running'))),
    find: (_account: string, recordingId: RecordingId) => Promise.resolve(states.has(recordingId) ? row(recordingId) : undefined),
    move: (_account: string, recordingId: RecordingId, from: readonly string[], to: { readonly state: string }) => Promise.resolve(from.includes(states.get(recordingId)!) && Boolean(states.set(recordingId, to.state))),
    inStates: (_account: string, wanted: readonly string[]) => Promise.resolve([...states.keys()].map(row).filter(({ state }) => wanted.includes(state!))),
  };
  const folder = {
    claim: () => Promise.resolve(true),
    store: (_account: string, recordingId: RecordingId) => encrypt(recordingId).then(() => ({ durationMs: 1, bytes: 1 })),
    waiting: () => Promise.resolve([]),
    freeBytes: () => Promise.resolve(1e12),
  };
  const deps = { table, folder, accountKeys: { keyOf: () => Promise.resolve(randomBytes(32)) } } as unknown as RecordingDeps;
  const floors = { accounts: [account], world: () => ({ recordings: new Map() }) } as unknown as Floors;
  return { keeper: new RecordingKeeper(deps, floors, () => {}), states };
}

/** Turns of an earlier process, as the journal has them. */
async function* replayed(...events: readonly object[]): AsyncGenerator<Parameters<RecordingKeeper['took']>[0]> {
  for (const event of events) yield await Promise.resolve({ account, at: 5_000, events: [event] } as unknown as Parameters<RecordingKeeper['took']>[0]);
}

it('[fault row 1] the end of a recording that is told while control starts is not kept a second time beside the start', async () => {
  const recordingId = randomId('recording');
  let atOnce = 0;
  let most = 0;
  const { keeper, states } = keeperOf([recordingId], async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
  });
  keeper.took({ account, at: 0, events: [{ type: 'recording-completed', recordingId, durationMs: 0 }] } as unknown as Parameters<RecordingKeeper['took']>[0]);
  await keeper.open(account, replayed());
  expect(states.get(recordingId)).toBe('ready');
  expect(most).toBe(1);
  await keeper.close();
});

it('[fault row 1] a recording whose beginning a killed process told nobody of is kept at its end all the same', async () => {
  const recordingId = randomId('recording');
  const { keeper, states } = keeperOf([], () => Promise.resolve());
  keeper.took({ account, at: 5_000, events: [{ type: 'recording-completed', recordingId, durationMs: 1_000 }] } as unknown as Parameters<RecordingKeeper['took']>[0]);
  await vi.waitFor(() => expect(states.get(recordingId)).toBe('ready'));
  await keeper.close();
});

it('[fault row 1] one that ended as the process was killed, before anybody was told of anything, is kept at the next start', async () => {
  const recordingId = randomId('recording');
  const { keeper, states } = keeperOf([], () => Promise.resolve());
  await keeper.open(account, replayed({ type: 'recording-begun', recordingId }, { type: 'recording-completed', recordingId, durationMs: 1_000 }));
  await vi.waitFor(() => expect(states.get(recordingId)).toBe('ready'));
  await keeper.close();
});

it('a file that cannot be kept does not keep control from starting, nor the other files from being kept', async () => {
  const [broken, whole] = [randomId('recording'), randomId('recording')];
  const { keeper, states } = keeperOf([broken, whole], (recordingId) => (recordingId === broken ? Promise.reject(new Error('not a WAV file')) : Promise.resolve()));
  await keeper.open(account, replayed());
  await vi.waitFor(() => expect(states.get(whole)).toBe('ready'));
  expect(states.get(broken)).toBe('claimed');
  await keeper.close();
});
