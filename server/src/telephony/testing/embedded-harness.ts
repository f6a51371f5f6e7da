import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav, toneSource, writeWav } from '@centralita/media';
import type { DeviceCredential, Trunk } from '../port/index.ts';
import { connectToSwitch, type SwitchClient } from '../embedded/switch-client.ts';
import type { SwitchSettings } from '../embedded/switch-settings.ts';
import { ControlSeat } from './control-seat.ts';
import type { FarEnd } from './far-end.ts';
import type { PortHarness } from './port-harness.ts';
import { startSwitchProcess, type SwitchProcess } from './switch-process.ts';
import { Telephone } from './telephone.ts';

export const MUSIC_HERTZ = 1_350;
const NUMBER = '+34910000001';

/** The embedded switch as a process of its own, with customers, devices and carriers on loopback. */
export class EmbeddedHarness implements PortHarness {
  readonly account = 'acc_ferreteria';
  readonly number = NUMBER;
  readonly musicHertz = MUSIC_HERTZ;
  readonly sound = true;
  process: SwitchProcess;
  readonly #seats: ControlSeat[] = [];
  readonly #phones: Telephone[] = [];
  #devices = 0;

  private constructor(process: SwitchProcess) {
    this.process = process;
  }

  /** @param trusted a certificate (PEM) that the switch takes for a carrier's */
  static async start(settings: Partial<SwitchSettings> = {}, trusted?: string): Promise<EmbeddedHarness> {
    const folder = mkdtempSync(join(tmpdir(), 'switch-'));
    writeSounds(join(folder, 'sounds'));
    const extra = join(folder, 'trusted.pem');
    if (trusted !== undefined) writeFileSync(extra, trusted);
    return new EmbeddedHarness(await startSwitchProcess({ soundsDir: join(folder, 'sounds'), ...settings }, folder, trusted === undefined ? {} : { NODE_EXTRA_CA_CERTS: extra }));
  }

  get udp(): { readonly address: string; readonly port: number } {
    return { address: '127.0.0.1', port: this.process.ports.udp ?? 0 };
  }

  async connect(of: { readonly epoch: number; readonly committedSeq: number }): Promise<ControlSeat> {
    const seat = new ControlSeat(connectToSwitch({ socketPath: this.process.ports.socketPath, retryMinMs: 10, ...of }), of.epoch);
    this.#seats.push(seat);
    await seat.until(() => seat.connected, () => `control did not connect:\n${this.process.log()}`);
    await seat.order({ type: 'provision-numbers', account: this.account, numbers: [{ number: NUMBER, openToLoopback: true }] });
    return seat;
  }

  cut(seat: ControlSeat): void {
    (seat.port as SwitchClient).interrupt();
  }

  async customer(): Promise<FarEnd> {
    return (await this.telephone()).call(NUMBER);
  }

  /** A telephone on loopback that nobody has provisioned. */
  telephone(): Promise<Telephone> {
    return this.#keep(Telephone.open({ protocol: 'udp', server: this.udp }));
  }

  async device(seat: ControlSeat, kind: DeviceCredential['kind']): Promise<Telephone> {
    const credential = this.credential(kind);
    await seat.order({ type: 'provision-devices', account: this.account, devices: [credential] });
    const phone = await this.phoneOf(credential);
    if (kind === 'guest') return phone;
    const { status } = await phone.phone.register();
    if (status !== 200) throw new Error(`REGISTER was answered with ${status}`);
    await seat.fact('device-online', (fact) => fact.deviceId === credential.deviceId);
    return phone;
  }

  credential(kind: DeviceCredential['kind']): DeviceCredential {
    const n = ++this.#devices;
    return { deviceId: `dev_${n}`, kind, username: `user${n}`, password: `secret ${n}`, ...(kind === 'guest' ? { onlyNumber: NUMBER } : {}) };
  }

  /** The phone that has these credentials: browsers and guests over WebSocket, desk phones over UDP. */
  async phoneOf({ deviceId, kind, username, password }: DeviceCredential): Promise<Telephone> {
    const who = { username, password, deviceId };
    const phone =
      kind === 'phone'
        ? Telephone.open({ protocol: 'udp', server: this.udp, ...who })
        : Telephone.open({ protocol: 'ws', url: `ws://127.0.0.1:${this.process.ports.ws}/sip`, media: 'browser', ...who });
    return (await this.#keep(phone)).signInAs(username, password);
  }

  async offlineDevice(seat: ControlSeat): Promise<string> {
    const credential = this.credential('phone');
    await seat.order({ type: 'provision-devices', account: this.account, devices: [credential] });
    return credential.deviceId;
  }

  async carrier(seat: ControlSeat, change: Partial<Trunk['profile']> = {}): Promise<{ readonly trunk: Trunk; readonly phone: Telephone; nextCall(): Promise<FarEnd> }> {
    // An address of its own, so that customers on 127.0.0.1 do not count as calls of the carrier.
    const address = `127.0.1.${(this.#phones.length % 250) + 1}`;
    const phone = await this.#keep(Telephone.open({ protocol: 'udp', server: this.udp, address }));
    const trunk: Trunk = {
      trunkId: `trk_${this.#phones.length}`,
      name: 'Carrier',
      profile: {
        servers: [`sip:${address}:${phone.phone.flow.local.port}`],
        addressRanges: [`${address}/32`],
        dialledFrom: 'request-uri',
        callerFrom: 'from',
        numberFormat: { kind: 'e164' },
        channelLimit: 2,
        keepAliveSeconds: 0,
        outbound: true,
        ...change,
      },
    };
    await seat.order({ type: 'provision-trunks', account: this.account, trunks: [trunk] });
    return { trunk, phone, nextCall: () => phone.nextCall() };
  }

  async recording(file: string): Promise<readonly Int16Array[]> {
    const wav = readWav(await readFile(join(this.process.recordingsDir, file)));
    if (!wav.ok) throw new Error(`the recording is unreadable: ${wav.refusal}`);
    return wav.value.channels;
  }

  async close(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.port.close()));
    await Promise.all(this.#phones.map((phone) => phone.close()));
    await this.process.stop();
    this.process.remove();
  }

  async #keep(opening: Promise<Telephone>): Promise<Telephone> {
    const phone = await opening;
    this.#phones.push(phone);
    return phone;
  }
}

/** Music and a prompt as steady tones, so that tests can tell them by ear. */
export const PROMPT_HERTZ = 480;
function writeSounds(folder: string): void {
  mkdirSync(join(folder, 'music'), { recursive: true });
  mkdirSync(join(folder, 'es'), { recursive: true });
  writeFileSync(join(folder, 'music', 'default.wav'), tone(MUSIC_HERTZ, 4_000));
  writeFileSync(join(folder, 'es', 'greeting.wav'), tone(PROMPT_HERTZ, 400));
}

function tone(hertz: number, durationMs: number): Buffer {
  const samples = new Int16Array(durationMs * 8);
  toneSource(hertz, 8_000)(samples);
  return writeWav({ sampleRate: 8_000, channels: [samples] });
}
