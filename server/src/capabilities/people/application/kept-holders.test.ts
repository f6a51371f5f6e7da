import { MINUTE_MS } from '@centralita/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { KeptHolders } from './kept-holders.ts';
import type { SessionHolder } from './ports.ts';

const CARLA: SessionHolder = { sessionId: 'ses_carla', account: 'acc_a', userId: 'usr_carla', role: 'agent', language: 'es' };
const TOKEN = Buffer.from('hash of the token');

let now: number;
let look: (tokenHash: Buffer) => Promise<SessionHolder | undefined>;
let holders: KeptHolders;

beforeEach(() => {
  now = 0;
  look = async () => CARLA;
  holders = new KeptHolders((tokenHash) => look(tokenHash), { now: () => now }, (error) => String(error).includes('ECONNREFUSED'));
});
const away = () => Promise.reject(new Error('connect ECONNREFUSED'));
const silent = () => new Promise<never>(() => {});

describe('[fault row 5] whose session it is while the database is away', () => {
  it.each([['refuses', away], ['does not answer', silent]])('who was known goes on when it %s, a stranger does not get in', async (_how, fails) => {
    expect(await holders.of(TOKEN)).toEqual(CARLA);
    look = fails;
    now += 59 * MINUTE_MS;
    expect(await holders.of(TOKEN)).toEqual(CARLA);
    if (fails === away) await expect(holders.of(Buffer.from('another'))).rejects.toThrow('ECONNREFUSED');
  });

  it('nobody is believed for more than an hour', async () => {
    await holders.of(TOKEN);
    look = away;
    now += 60 * MINUTE_MS + 1;
    await expect(holders.of(TOKEN)).rejects.toThrow('ECONNREFUSED');
  });

  it('the database has the last word: a session that ended is over at once, also when it fails afterwards', async () => {
    await holders.of(TOKEN);
    look = async () => undefined;
    expect(await holders.of(TOKEN)).toBeUndefined();
    look = away;
    await expect(holders.of(TOKEN)).rejects.toThrow('ECONNREFUSED');
  });

  it('a failure that is not the database’s absence lets nobody in', async () => {
    await holders.of(TOKEN);
    look = () => Promise.reject(new Error('permission denied for function session_holder'));
    await expect(holders.of(TOKEN)).rejects.toThrow('permission denied');
  });

  it('an answer that comes too late for one request counts for the next', async () => {
    await holders.of(TOKEN);
    const answer = Promise.withResolvers<undefined>();
    look = () => answer.promise;
    expect(await holders.of(TOKEN)).toEqual(CARLA);
    answer.resolve(undefined);
    await answer.promise;
    look = away;
    await expect(holders.of(TOKEN)).rejects.toThrow('ECONNREFUSED');
  });

  it('who signed out is not believed', async () => {
    await holders.of(TOKEN);
    holders.forget('ses_carla');
    look = away;
    await expect(holders.of(TOKEN)).rejects.toThrow('ECONNREFUSED');
  });
});
