import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, FlowDefinition } from '@centralita/contract';
import { TestPhone } from '@centralita/sip/testing';
import { Api } from '../support/api.ts';
import { changeFlow } from '../support/center.ts';
import { eventually } from '../support/eventually.ts';
import { Product } from '../support/product.ts';

const SDP = ['v=0', 'o=phone 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 40000 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'a=sendrecv', ''].join('\r\n');
/** The first ends a call by itself, the second keeps it for a minute. */
const ENDS: Partial<FlowDefinition> = { start: 'answer', steps: { answer: { kind: 'answer', next: 'end' }, end: { kind: 'hang-up' } } };
const KEEPS: Partial<FlowDefinition> = {
  start: 'answer',
  steps: {
    answer: { kind: 'answer', next: 'menu' },
    menu: { kind: 'menu', items: [{ kind: 'prompt', name: 'main-menu' }], timeoutMs: 60_000, attempts: 1, options: { 1: { label: 'Fin', next: 'end' } }, wrongKey: [], otherwise: 'end' },
    end: { kind: 'hang-up' },
  },
};

let product: Product;
let fabian: Api;
let phone: TestPhone;

before(async () => {
  product = await Product.start();
  fabian = await Api.signIn(product, 'administrator');
  phone = await TestPhone.start({ protocol: 'udp', server: { address: '127.0.0.1', port: product.sipPort }, username: '51999111222' });
});
after(async () => {
  await phone?.close();
  await product?.stop();
});

const dial = (number: string) => phone.call(`sip:${number}@127.0.0.1:${product.sipPort}`, { sdp: SDP });

describe('[S0.39, S0.41] a change that was answered is what the very next call follows', () => {
  it('of a flow', async () => {
    for (let round = 0; round < 4; round++) {
      await changeFlow(fabian, () => KEEPS);
      const kept = dial('100');
      await kept.answered(15_000);
      kept.bye();
      await changeFlow(fabian, () => ENDS);
      const ended = dial('100');
      await ended.answered(15_000);
      await ended.ended(15_000);
    }
    // What each call followed: the history of it may come later.
    const endings = await eventually(async () => {
      const { items } = await fabian.get<ConversationPage>('/api/conversations');
      assert.ok(items.length === 8 && items.every(({ ending }) => ending !== null));
      return items.map(({ ending }) => ending).reverse();
    });
    assert.deepEqual(endings, Array.from({ length: 4 }, () => ['left-in-menu', 'closed']).flat());
  });

  it('of a number', async () => {
    const { items } = await fabian.get<{ items: { numberId: string; number: string; version: number }[] }>('/api/numbers');
    const { numberId, version, ...number } = items.find((one) => one.number === '100')!;
    for (const [round, digits] of ['7001', '7002', '7003'].entries()) {
      await fabian.put(`/api/numbers/${numberId}`, { ...number, number: digits }, version + round);
      const call = dial(digits);
      await call.answered(15_000);
      await call.ended(15_000);
    }
  });
});
