import type { SessionView } from '@centralita/contract';
import type { Page, WebSocketRoute } from 'playwright-core';
import { conversation, NOW, rows } from './cast.ts';

export interface Scene {
  readonly session: SessionView | null;
  readonly me?: Record<string, unknown>;
  /** `let-go`: refused, with the banner that memory is short. */
  readonly board?: Record<string, unknown> | 'let-go';
  /** Answers of the API besides the ordinary ones: `GET /api/conversations` → status and body; `never` hangs. */
  readonly answers?: Readonly<Record<string, { readonly status: number; readonly body: unknown } | 'never'>>;
  readonly phone?: 'registered' | 'away';
}

const problem = (code: string, status: number) => ({ status, body: { type: 'about:blank', title: code, status, code, requestId: 'req_1' } });
const recording = twoTones();

/** Stands in for the server on the wire of one page: the API by routes, the feed and the phone's registrar by WebSocket. */
export async function serve(page: Page, scene: Scene): Promise<{ readonly feed: () => WebSocketRoute | undefined; readonly sip: FakeRegistrar }> {
  let feed: WebSocketRoute | undefined;
  const sip = new FakeRegistrar();
  await page.routeWebSocket(/\/api\/feed\?/, (socket) => {
    feed = socket;
    socket.onMessage((text) => {
      const { type, topic } = JSON.parse(String(text)) as { type: string; topic: string };
      if (type !== 'subscribe') return;
      if (topic !== 'me' && scene.board === 'let-go') {
        socket.send(JSON.stringify({ type: 'banner', banner: 'memory-short', active: true }));
        return socket.send(JSON.stringify({ type: 'refused', topic, code: 'overloaded' }));
      }
      const state = topic === 'me' ? (scene.me ?? {}) : (scene.board ?? {});
      socket.send(JSON.stringify({ type: 'snapshot', topic, position: 1, now: NOW, state }));
    });
  });
  await page.routeWebSocket(/\/sip$/, (socket) => sip.attach(socket, scene.phone !== 'away'));
  await page.route('**/api/**', async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname;
    const answer = scene.answers?.[`${request.method()} ${path}`] ?? ordinaryAnswer(request.method(), path, scene);
    if (answer === 'never') return;
    if (path === '/api/recordings/file') return route.fulfill({ body: recording, contentType: 'audio/wav' });
    await route.fulfill({ status: answer.status, contentType: answer.status >= 400 ? 'application/problem+json' : 'application/json', body: answer.status === 204 ? '' : JSON.stringify(answer.body) });
  });
  return { feed: () => feed, sip };
}

function ordinaryAnswer(method: string, path: string, scene: Scene): { readonly status: number; readonly body: unknown } {
  if (path === '/api/session' && method === 'GET') return scene.session ? { status: 200, body: scene.session } : problem('not-signed-in', 401);
  if (path === '/api/feed/tickets') return { status: 201, body: { ticket: 't', path: '/api/feed' } };
  if (path === '/api/softphone/registration') return { status: 201, body: { deviceId: 'dev_1', webSocketPath: '/sip', sipDomain: 'centralita.invalid', username: 'dev_1', password: 'secret', expiresAt: NOW + 8 * 3_600_000, iceServers: [] } };
  if (path === '/api/conversations') return { status: 200, body: { items: rows, nextCursor: 'more' } };
  if (path.startsWith('/api/conversations/') && method === 'GET') return { status: 200, body: conversation };
  if (path === '/api/queues' || path === '/api/agents') return { status: 200, body: { items: [] } };
  if (path.endsWith('/link')) return { status: 201, body: { url: '/api/recordings/file', expiresAt: NOW + 60_000 } };
  if (path.startsWith('/api/public/')) return { status: 200, body: { accountName: 'Ferretería Central', open: true, recordingNotice: true, language: 'es', numberShown: '+34910000100' } };
  return { status: 204, body: null };
}

/** Just enough of a registrar for JsSIP: REGISTER gets 200, and it can ring. */
export class FakeRegistrar {
  readonly heard: string[] = [];
  #socket: WebSocketRoute | undefined;

  attach(socket: WebSocketRoute, answers: boolean): void {
    this.#socket = socket;
    socket.onMessage((text) => {
      const message = String(text);
      this.heard.push(message);
      if (!answers) return;
      if (message.startsWith('REGISTER')) this.#reply(message, '200 OK', [`Contact: ${/^Contact: (.*)$/m.exec(message)?.[1] ?? ''}`]);
      else if (message.startsWith('BYE')) this.#reply(message, '200 OK', []);
      else if (message.startsWith('SIP/2.0 200') && message.includes('INVITE')) this.#acknowledge(message);
    });
  }

  ring(headers: readonly string[]): void {
    const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 8 101', 'c=IN IP4 127.0.0.1', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:101 telephone-event/8000', 'a=ice-ufrag:abcd', 'a=ice-pwd:abcdefghijklmnopqrstuvwx', `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`, 'a=setup:actpass', 'a=mid:0', 'a=rtcp-mux', 'a=sendrecv', ''].join('\r\n');
    this.#socket?.send(['INVITE sip:dev_1@centralita.invalid SIP/2.0', 'Via: SIP/2.0/WS switch.invalid;branch=z9hG4bK1', 'Max-Forwards: 70', 'From: <sip:customer@centralita.invalid>;tag=f1', 'To: <sip:dev_1@centralita.invalid>', 'Call-ID: call-1', 'CSeq: 1 INVITE', 'Contact: <sip:switch@switch.invalid;transport=ws>', ...headers, 'Content-Type: application/sdp', `Content-Length: ${sdp.length}`, '', sdp].join('\r\n'));
  }

  #reply(request: string, status: string, headers: readonly string[]): void {
    const kept = request.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq): /.test(line)).map((line) => (line.startsWith('To: ') && !line.includes('tag=') ? `${line};tag=t1` : line));
    this.#socket?.send([`SIP/2.0 ${status}`, ...kept, ...headers, 'Content-Length: 0', '', ''].join('\r\n'));
  }

  #acknowledge(answer: string): void {
    const to = /^To: (.*)$/m.exec(answer)?.[1] ?? '';
    this.#socket?.send(['ACK sip:dev_1@centralita.invalid SIP/2.0', 'Via: SIP/2.0/WS switch.invalid;branch=z9hG4bK2', 'Max-Forwards: 70', 'From: <sip:customer@centralita.invalid>;tag=f1', `To: ${to.trim()}`, 'Call-ID: call-1', 'CSeq: 1 ACK', 'Content-Length: 0', '', ''].join('\r\n'));
  }
}

/** Twenty seconds, 8 kHz, two channels: bursts of one voice on the left, of the other on the right. */
function twoTones(): Buffer {
  const rate = 8_000;
  const seconds = 20;
  const data = Buffer.alloc(44 + rate * seconds * 4);
  data.write('RIFF', 0).toString();
  data.writeUInt32LE(data.length - 8, 4);
  data.write('WAVEfmt ', 8);
  for (const [at, value, size] of [[16, 16, 4], [20, 1, 2], [22, 2, 2], [24, rate, 4], [28, rate * 4, 4], [32, 4, 2], [34, 16, 2]] as const) size === 4 ? data.writeUInt32LE(value, at) : data.writeUInt16LE(value, at);
  data.write('data', 36);
  data.writeUInt32LE(data.length - 44, 40);
  for (let index = 0; index < rate * seconds; index++) {
    const speaks = Math.floor(index / rate / 1.7) % 2;
    const loudness = 9_000 * (0.4 + 0.6 * Math.abs(Math.sin(index / 1_900)) * Math.abs(Math.sin(index / 5_300)));
    data.writeInt16LE(speaks === 0 ? Math.round(loudness * Math.sin(index / 3)) : 0, 44 + index * 4);
    data.writeInt16LE(speaks === 1 ? Math.round(loudness * Math.sin(index / 4)) : 0, 46 + index * 4);
  }
  return data;
}
