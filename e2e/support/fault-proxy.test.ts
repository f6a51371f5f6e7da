import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Faults, FaultyLine, TcpFaultProxy, UdpFaultProxy } from './fault-proxy.ts';

describe('a faulty line', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** What came of 0, 1, 2, … sent 10 ms apart. */
  function sent(count: number, faults: Partial<Faults>): readonly number[] {
    const line = new FaultyLine(faults);
    const came: number[] = [];
    for (let i = 0; i < count; i++) {
      line.pass(() => came.push(i));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1_000);
    return came;
  }

  test('without faults everything passes at once and in order', () => {
    const line = new FaultyLine();
    const came: number[] = [];
    for (let i = 0; i < 5; i++) line.pass(() => came.push(i));
    expect(came).toEqual([0, 1, 2, 3, 4]);
  });

  test('drops as many as it is told, and the same ones with the same seed', () => {
    const came = sent(1_000, { dropRatio: 0.15 });
    expect(came.length).toBeGreaterThan(810);
    expect(came.length).toBeLessThan(890);
    expect(sent(1_000, { dropRatio: 0.15 })).toEqual(came);
  });

  test('duplicates', () => {
    expect(sent(3, { duplicateRatio: 1 })).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test('lets one be overtaken by the next, and the last one go on alone', () => {
    expect(sent(5, { reorderRatio: 1 })).toEqual([1, 0, 3, 2, 4]);
  });

  test('delays', () => {
    const line = new FaultyLine({ delayMs: 50 });
    const came: number[] = [];
    line.pass(() => came.push(1));
    vi.advanceTimersByTime(49);
    expect(came).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(came).toEqual([1]);
  });

  test('jitter overtakes, but loses nothing', () => {
    const came = sent(100, { jitterMs: 40 });
    expect(came).not.toEqual(came.toSorted((a, b) => a - b));
    expect(came.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test('cut, it swallows what is sent and what was under way', () => {
    const line = new FaultyLine({ delayMs: 50 });
    const came: number[] = [];
    line.pass(() => came.push(1));
    line.isCut = true;
    line.pass(() => came.push(2));
    vi.advanceTimersByTime(1_000);
    expect(came).toEqual([]);
  });
});

describe('over UDP', () => {
  let echo: Datagrams;
  let client: Datagrams;
  let proxy: UdpFaultProxy;
  beforeEach(async () => {
    [echo, client] = [createSocket('udp4'), createSocket('udp4')];
    echo.on('message', (bytes, from) => echo.send(`echo ${bytes.toString()}`, from.port, from.address));
    for (const socket of [echo, client]) await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    proxy = await UdpFaultProxy.open({ port: echo.address().port });
  });
  afterEach(() => {
    for (const one of [proxy, client, echo]) one.close();
  });
  const answer = async (): Promise<string> => ((await once(client, 'message')) as [Buffer])[0].toString();

  test('there and back, but not what was sent while it was cut', async () => {
    client.send('one', proxy.port, '127.0.0.1');
    expect(await answer()).toBe('echo one');
    proxy.cut();
    const swallowed = new Promise<void>((resolve) => {
      const { line } = proxy;
      const pass = line.pass.bind(line);
      line.pass = (deliver) => {
        pass(deliver);
        resolve();
      };
    });
    client.send('two', proxy.port, '127.0.0.1');
    await swallowed;
    proxy.heal();
    client.send('three', proxy.port, '127.0.0.1');
    expect(await answer()).toBe('echo three');
  });
});

describe('over TCP', () => {
  let server: Server;
  let proxy: TcpFaultProxy;
  let far: Promise<Socket>;
  let near: Socket;
  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    far = new Promise((resolve) => server.once('connection', resolve));
    proxy = await TcpFaultProxy.open({ port: portOf(server) });
    near = connect(proxy.port, '127.0.0.1');
  });
  afterEach(async () => {
    near.destroy();
    (await far).destroy();
    proxy.close();
    server.close();
  });
  const portOf = (of: Server): number => (of.address() as { port: number }).port;
  const next = async (socket: Socket): Promise<string> => ((await once(socket, 'data')) as [Buffer])[0].toString();

  test('bytes pass both ways, and so does the end', async () => {
    near.write('hello');
    const end = await far;
    expect(await next(end)).toBe('hello');
    end.write('there');
    expect(await next(near)).toBe('there');
    near.end();
    await once(end, 'end');
    end.end('bye');
    expect(await next(near)).toBe('bye');
  });

  test('cut, nobody is told of anything, not even of an end, until it is healed', async () => {
    near.write('one');
    const told: string[] = [];
    const end = await far;
    expect(await next(end)).toBe('one');
    proxy.cut();
    end.on('data', (bytes) => told.push(bytes.toString()));
    end.on('end', () => told.push('end'));
    near.write('two');
    near.end();
    // As long as a way that is not cut takes.
    const whole = await TcpFaultProxy.open({ port: portOf(server) });
    const beside = connect(whole.port, '127.0.0.1');
    beside.write('beside');
    const [farOfBeside] = (await once(server, 'connection')) as [Socket];
    await next(farOfBeside);
    for (const one of [beside, farOfBeside]) one.destroy();
    whole.close();
    expect(told).toEqual([]);
    const ended = once(end, 'end');
    proxy.heal();
    await ended;
    expect(told).toEqual(['two', 'end']);
  });

  test('who comes while it is cut is let in when it is healed', async () => {
    await far;
    proxy.cut();
    const late = connect(proxy.port, '127.0.0.1');
    await once(late, 'connect');
    late.write('late');
    const farOfLate = once(server, 'connection');
    proxy.heal();
    const [socket] = (await farOfLate) as [Socket];
    expect(await next(socket)).toBe('late');
    late.destroy();
    socket.destroy();
  });

  test('what is delayed is not overtaken by what comes after the delay was taken away', async () => {
    const end = await far;
    let told = '';
    end.on('data', (bytes) => (told += bytes.toString()));
    near.setNoDelay(true);
    proxy.delayMs = 50;
    near.write('one');
    // The proxy holds it: only then may the other come without delay.
    const beside = connect(proxy.port, '127.0.0.1');
    await once(beside, 'connect');
    proxy.delayMs = 0;
    near.write('two');
    await vi.waitFor(() => expect(told).toBe('onetwo'));
    beside.destroy();
  });
});
