import { type AccountId, randomId } from '@centralita/kernel';
import type { Command, DeviceCredential, DirectoryNumber, TelephonyPort, Trunk } from '../telephony/port/index.ts';

export interface ProvisioningSources {
  devicesOf(account: AccountId): Promise<readonly DeviceCredential[]>;
  linesOf(account: AccountId): Promise<{ readonly trunks: readonly Trunk[]; readonly numbers: readonly DirectoryNumber[] }>;
}

/** A command is one line of at most 1 MiB. */
const DEVICES_PER_COMMAND = 1_000;

/**
 * What the switch must know before anybody can call: trunks, numbers and devices with their secrets. It goes straight to the
 * switch, never through the journal, whole for each account: when a switch starts anew, and when a trunk or number changes.
 */
export class Provisioning {
  readonly #port: Pick<TelephonyPort, 'send'>;
  readonly #epoch: number;
  readonly #sources: ProvisioningSources;

  constructor(port: Pick<TelephonyPort, 'send'>, epoch: number, sources: ProvisioningSources) {
    this.#port = port;
    this.#epoch = epoch;
    this.#sources = sources;
  }

  async everything(account: AccountId): Promise<void> {
    await this.lines(account);
    const devices = await this.#sources.devicesOf(account);
    for (let from = 0; from < devices.length; from += DEVICES_PER_COMMAND) {
      await this.#send({ type: 'provision-devices', account, devices: devices.slice(from, from + DEVICES_PER_COMMAND) });
    }
  }

  async lines(account: AccountId): Promise<void> {
    const { trunks, numbers } = await this.#sources.linesOf(account);
    await this.#send({ type: 'provision-trunks', account, trunks });
    await this.#send({ type: 'provision-numbers', account, numbers });
  }

  async device(account: AccountId, device: DeviceCredential): Promise<{ readonly accepted: boolean }> {
    return { accepted: await this.#send({ type: 'provision-devices', account, devices: [device] }) };
  }

  async removeDevice(account: AccountId, deviceId: string): Promise<void> {
    await this.#send({ type: 'remove-device', account, deviceId });
  }

  async #send(command: Command): Promise<boolean> {
    return (await this.#port.send(randomId('effect'), command, this.#epoch)).accepted;
  }
}
