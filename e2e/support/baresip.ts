import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { readWav, writeTone } from './wav.ts';

/** A real SIP phone (baresip) that speaks a tone and keeps what it hears. It does not register: on loopback baresip cannot. */
export class Baresip {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #control: Socket;
  readonly #waiters: { readonly type: string; readonly found: () => void }[] = [];
  readonly #seen: string[] = [];
  /** Where it takes calls; of a secure one, over TLS alone. */
  readonly address: string;

  private constructor(process: ChildProcess, folder: string, control: Socket, address: string) {
    this.#process = process;
    this.#folder = folder;
    this.address = address;
    this.#control = control;
    let text = '';
    control.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      text = this.#take(text);
    });
  }

  /** @param options.secure its certificate with the key: SIP over TLS, SRTP with keys in the descriptions and nothing else, and it answers by itself, as a carrier does */
  static async start(options: { readonly folder: string; readonly user: string; readonly hertz: number; readonly secure?: string }): Promise<Baresip> {
    const { folder, user, hertz, secure } = options;
    mkdirSync(folder, { recursive: true });
    // TLS is one above.
    const sipPort = await freePort(1);
    const address = secure ? `127.0.0.1:${sipPort + 1};transport=tls` : `127.0.0.1:${sipPort}`;
    const controlPort = await freePort();
    const rtpPort = await freePort(20);
    writeTone(join(folder, 'voice.wav'), { hertz, seconds: 120, rate: 8_000 });
    writeFileSync(join(folder, 'config'), configuration({ folder, sipPort, controlPort, rtpPort, secure }));
    writeFileSync(join(folder, 'accounts'), `<sip:${user}@${address}>;regint=0;audio_codecs=pcmu/8000/1,pcma/8000/1${secure ? ';mediaenc=srtp-mand;answermode=auto' : ''}\n`);
    writeFileSync(join(folder, 'contacts'), '');
    const child = spawn('baresip', ['-f', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    await new Promise<void>((resolve, reject) => {
      const read = (bytes: Buffer) => {
        log += bytes.toString();
        if (log.includes('baresip is ready')) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`baresip ended:\n${log}`)));
    });
    const control = connect(controlPort, '127.0.0.1');
    await new Promise<void>((resolve, reject) => control.once('connect', resolve).once('error', reject));
    return new Baresip(child, folder, control, address);
  }

  dial(uri: string): void {
    this.#send('dial', uri);
  }

  /** Touch tones, one after another (RFC 4733 when the other side knows it). */
  press(digits: string): void {
    for (const digit of digits) this.#send('sndcode', digit);
  }

  hangUp(): void {
    this.#send('hangup');
  }

  /** Resolves when baresip has told of such an event (`CALL_ESTABLISHED`, `CALL_CLOSED`, …), also one before now. */
  told(type: string): Promise<void> {
    if (this.#seen.includes(type)) return Promise.resolve();
    return new Promise((found) => this.#waiters.push({ type, found }));
  }

  /** Everything this phone has heard since its last call began, 8 kHz. */
  heard(): Int16Array {
    const file = readdirSync(this.#folder).filter((name) => name.endsWith('-dec.wav')).sort().at(-1);
    if (!file) throw new Error('this phone has heard nothing');
    return readWav(join(this.#folder, file)).channels[0]!;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGTERM');
      await ended;
    }
    this.#control.destroy();
  }

  #send(command: string, params = ''): void {
    const message = JSON.stringify({ command, params });
    this.#control.write(`${Buffer.byteLength(message)}:${message},`);
  }

  /** Netstrings: `length:json,`. @returns what is not complete yet */
  #take(text: string): string {
    for (;;) {
      const colon = text.indexOf(':');
      const length = Number(text.slice(0, colon));
      if (colon < 0 || text.length < colon + 1 + length + 1) return text;
      const message = JSON.parse(text.slice(colon + 1, colon + 1 + length)) as { event?: boolean; type?: string };
      text = text.slice(colon + 1 + length + 1);
      if (!message.event || !message.type) continue;
      this.#seen.push(message.type);
      for (const waiter of this.#waiters) if (waiter.type === message.type) waiter.found();
    }
  }
}

function configuration({ folder, sipPort, controlPort, rtpPort, secure }: { folder: string; sipPort: number; controlPort: number; rtpPort: number; secure: string | undefined }): string {
  return `poll_method epoll
net_interface 127.0.0.1
sip_listen 127.0.0.1:${sipPort}
call_local_timeout 120
call_max_calls 4
audio_player aubridge,nil
audio_alert aubridge,nil
audio_source aufile,${join(folder, 'voice.wav')}
ausrc_srate 8000
auplay_srate 8000
audio_channels 1-1
rtp_ports ${rtpPort}-${rtpPort + 20}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
${secure ? `module srtp.so\nsip_certificate ${secure}` : ''}
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${controlPort}
snd_path ${folder}
`;
}
