import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationRow, QueueView } from '@centralita/contract';
import { AgentAtBrowser } from '../support/agent.ts';
import { Api } from '../support/api.ts';
import { Customer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { Product } from '../support/product.ts';

const ANA_HZ = 1_000;
const EVA_HZ = 700;
const CARLA_HZ = 1_900;

let folder: string;
let product: Product;
let owner: Api;
let carla: AgentAtBrowser;
let ana: Customer;
let eva: Customer;
let shy: Customer;
let frozen: readonly number[] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-database-'));
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
  // Short, so that the agent is free again without a request: a person's requests need the database, calls do not.
  const { items } = await owner.get<{ items: QueueView[] }>('/api/queues');
  const { queueId, version: _version, ...ventas } = items.find(({ name }) => name === 'Ventas')!;
  await owner.put(`/api/queues/${queueId}`, { ...ventas, afterServiceLimitMs: 2_000 });
  carla = await AgentAtBrowser.start(product, { folder, role: 'agent', hertz: CARLA_HZ });
  ana = await Customer.start(product, { folder, number: '51999555666', hertz: ANA_HZ });
  eva = await Customer.start(product, { folder, number: '51999777888', hertz: EVA_HZ });
  shy = await Customer.start(product, { folder, number: '51999000111', hertz: EVA_HZ });
});
after(async () => {
  for (const pid of frozen) signal(pid, 'SIGKILL');
  for (const one of [ana, eva, shy]) await one?.stop();
  await carla?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // A connection's process that ended meanwhile is as gone as was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

describe('PostgreSQL hangs during calls, and is then killed', () => {
  it('a call talks; the database stops answering, and everybody is told', async () => {
    await carla.takeWork();
    await ana.choose('1');
    await carla.answer();
    await ana.untilHears(CARLA_HZ);
    frozen = product.databasePids();
    for (const pid of frozen) signal(pid, 'SIGSTOP');
    ana.phone.hangUp();
    await carla.page.getByText(/La base de datos no responde/).waitFor();
  });

  it('routing goes on without it: the next call is greeted, offered, answered and heard', async () => {
    await eva.choose('1');
    await carla.ringsWith('51999777888');
    await carla.answer();
    await Promise.all([eva.untilHears(CARLA_HZ), carla.untilHears(EVA_HZ)]);
  });

  it('[fault row 5] the agent holds and comes back: people work on with the sign-in they have', async () => {
    await carla.page.getByRole('button', { name: /Retener/ }).first().click();
    await carla.shows('En retención');
    await eventually(() => assert.throws(() => eva.hears(CARLA_HZ), 'nothing of Carla leaks'));
    await carla.page.getByRole('button', { name: /Recuperar/ }).first().click();
    await Promise.all([eva.untilHears(CARLA_HZ), carla.untilHears(EVA_HZ)]);
  });

  it('so does a caller who gives up', async () => {
    await shy.choose('1');
    shy.phone.hangUp();
    await shy.phone.told('CALL_CLOSED');
  });

  it('killed and back, it learns of everything that happened meanwhile', async () => {
    for (const pid of frozen) signal(pid, 'SIGKILL');
    frozen = [];
    eva.phone.hangUp();
    const rows = await eventually(async () => {
      const { items } = await owner.get<ConversationPage>('/api/conversations');
      assert.equal(items.length, 3);
      assert.ok(items.every(({ endedAt }) => endedAt !== null));
      return new Map<string, ConversationRow>(items.map((row) => [row.customer.number, row]));
    }, 40_000);
    assert.equal(rows.get('51999555666')?.ending, 'answered');
    assert.equal(rows.get('51999777888')?.ending, 'answered');
    assert.match(rows.get('51999000111')?.ending ?? '', /abandon|left-in-menu/);
    await carla.page.getByText(/La base de datos no responde/).waitFor({ state: 'hidden' });
  });
});
