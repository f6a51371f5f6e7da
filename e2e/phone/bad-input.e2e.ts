import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage } from '@centralita/contract';
import { RawClient, TestPhone } from '@centralita/sip/testing';
import { Api } from '../support/api.ts';
import { Customer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/ports.ts';
import { Product } from '../support/product.ts';

/** The messages of RFC 4475, as the dev-only package `sip` ships them. */
const TORTURE = join(dirname(createRequire(import.meta.resolve('@centralita/sip')).resolve('sip/package.json')), 'test', 'messages');

let folder: string;
let product: Product;
let owner: Api;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-input-'));
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
});
after(async () => {
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sip = () => ({ address: '127.0.0.1', port: product.sipPort });

function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${product.webSocketPort}/sip`, 'sip');
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(socket));
    socket.addEventListener('error', () => reject(new Error('the switch takes no WebSocket')));
  });
}

function request(parts: { readonly method?: string; readonly cseq?: string; readonly headers?: string; readonly contentLength?: number | string; readonly body?: string }): string {
  const { method = 'OPTIONS', cseq = `1 ${method}`, headers = '', contentLength = 0, body = '' } = parts;
  const id = Math.random().toString(36).slice(2);
  return `${method} sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK${id};rport\r\nFrom: <sip:x@127.0.0.1>;tag=${id}\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: ${id}\r\nCSeq: ${cseq}\r\nMax-Forwards: 70\r\nContact: <sip:x@127.0.0.1:9>\r\n${headers}Content-Length: ${contentLength}\r\n\r\n${body}`;
}

const BROKEN: readonly (string | Buffer)[] = [
  ...readdirSync(TORTURE).filter((name) => name.endsWith('.dat')).map((name) => readFileSync(join(TORTURE, name))),
  request({ cseq: 'abcdefg' }),
  request({ cseq: '99999999999999999999 OPTIONS' }),
  request({ method: 'INVITE', contentLength: 60_000, body: 'v=0\r\n' }),
  request({ method: 'INVITE', contentLength: -1 }),
  request({ contentLength: 'many' }),
  request({ headers: `X-Long: ${'x'.repeat(60_000)}\r\n` }),
  request({ headers: 'X-Many: 1\r\n'.repeat(5_000) }),
  'OPTIONS sip:100@127.0.0.1 SIP/2.0\r\n\r\n',
  '\r\n'.repeat(20_000),
  Buffer.alloc(1_400, 0xff),
  '',
];

async function conversations(number = ''): Promise<ConversationPage['items']> {
  const { items } = await owner.get<ConversationPage>(`/api/conversations?limit=200${number && `&number=${number}`}`);
  return items;
}

async function aCallWorks(number: string): Promise<void> {
  const customer = await Customer.start(product, { folder, number, hertz: 1_000 });
  await customer.reachMenu();
  customer.phone.hangUp();
  await customer.phone.told('CALL_CLOSED');
  await customer.stop();
}

describe('bad input leaves the switch standing', () => {
  for (const protocol of ['udp', 'tcp'] as const) {
    it(`RFC 4475 and worse over ${protocol}: it stays up and answers the next`, async () => {
      const before = product.pidOf('switch');
      for (const message of BROKEN) {
        const client = await RawClient.open({ protocol, to: sip() });
        client.send(message);
        // Over a stream, a message that lies about its length waits for more: the connection ends under it.
        client.close();
      }
      const phone = await TestPhone.start({ protocol, server: sip() });
      // Whatever it says to a stranger, it says it: this one is asked for a password.
      const { status } = await phone.register();
      assert.ok(status === 401 || status === 403, `REGISTER is answered with ${status}`);
      await phone.close();
      assert.equal(product.pidOf('switch'), before);
    });
  }

  it('RFC 4475 and worse over a WebSocket: the switch stays up and greets the next connection', async () => {
    const before = product.pidOf('switch');
    for (const message of BROKEN) {
      const socket = await openSocket();
      socket.send(typeof message === 'string' ? message : Uint8Array.from(message));
      // Not waited for: the switch may have cut it already, and its answer to a close is not what is asked here.
      socket.close();
    }
    (await openSocket()).close();
    assert.equal(product.pidOf('switch'), before);
  });

  it('a normal call works afterwards', () => aCallWorks('51999111222'));

  it('ten wrong passwords from one address ban it, and nobody else', async () => {
    const thief = await TestPhone.start({ protocol: 'udp', server: sip(), address: '127.0.0.9', username: 'dev_unknown', password: 'guess' });
    for (let i = 0; i < 10; i++) await thief.register();
    let status: number | undefined;
    void thief.register().then((outcome) => (status = outcome.status));
    // One socket takes what comes in its order: whoever asks after the thief and is answered proves that the thief was passed over.
    const honest = await TestPhone.start({ protocol: 'udp', server: sip(), address: '127.0.0.10' });
    for (let i = 0; i < 3; i++) assert.ok([401, 403].includes((await honest.register()).status));
    assert.ok(status === undefined || status === 403, `the eleventh is answered with ${status}`);
    await honest.close();
    await aCallWorks('51999333444');
    assert.ok(status === undefined || status === 403, `the eleventh is answered late with ${status}`);
    await thief.close();
  });

  it('20 callers who hang up within 50 ms of calling: each is in the history exactly once, and all have ended', async () => {
    const phone = await TestPhone.start({ protocol: 'udp', server: sip(), username: '51999555666' });
    let answered = 0;
    try {
      for (let i = 0; i < 20; i++) {
        const call = phone.call(`sip:100@127.0.0.1:${product.sipPort}`);
        const over = Promise.race([call.answered(10_000).then(() => 'answered' as const), call.failed(10_000).then(() => 'failed' as const)]);
        // The fault itself: patience grows from none to 45 ms, and the last two callers stay until they are answered.
        const impatient = i < 18 && new Promise<'impatient'>((resolve) => setTimeout(() => resolve('impatient'), i * 2.5));
        const first = impatient ? await Promise.race([over, impatient]) : await over;
        if (first === 'impatient') call.cancel();
        if ((await over) !== 'answered') continue;
        answered += 1;
        call.bye();
      }
      assert.ok(answered >= 2, `${answered} were answered`);
      await eventually(async () => {
        // Theirs only: the call of the test before may reach the history while these are made.
        const fresh = await conversations('51999555666');
        assert.equal(fresh.length, 20, `${fresh.length} rows for 20 calls, ${answered} of them answered`);
        assert.ok(fresh.every(({ ending, endedAt }) => endedAt !== null && ending !== null), 'each has ended');
      });
    } finally {
      await phone.close();
    }
  });

  it('60 calls with 15 of 100 packets lost: all but one at the most complete, and every row of them has ended', async () => {
    await eventually(async () => assert.ok((await conversations()).every(({ endedAt }) => endedAt !== null), 'whoever called before is in the history'));
    const seen = (await conversations()).length;
    const port = await freePort();
    const { output } = await run('sipp', ['-sn', 'uac', '-lost', '15', '-m', '60', '-r', '6', '-l', '60', '-d', '1000', '-s', '100', '-i', '127.0.0.1', '-p', String(port), '-timeout', '60', '-trace_stat', '-stf', join(folder, 'sipp.csv'), `127.0.0.1:${product.sipPort}`]);
    const [names, ...rows] = readFileSync(join(folder, 'sipp.csv'), 'utf8').trim().split('\n').map((line) => line.split(';'));
    const figure = (name: string): number => Number(rows.at(-1)![names!.indexOf(name)]);
    assert.ok(figure('SuccessfulCall(C)') >= 59, `${figure('SuccessfulCall(C)')} of 60 completed\n${output.slice(-2_000)}`);
    await eventually(async () => {
      const items = await conversations();
      assert.ok(items.length >= seen + 60, `${items.length - seen} rows`);
      assert.equal(items.filter(({ endedAt }) => endedAt === null).length, 0, 'no conversation is left open');
    }, 40_000);
    await aCallWorks('51999777888');
  });
});

/** Runs a program to its end. sipp ends with 1 when one call failed, which the figures say better. */
async function run(command: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject));
  return { code, output };
}
