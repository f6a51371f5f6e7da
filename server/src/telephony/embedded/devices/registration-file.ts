import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ignoreFailure, type AccountId, type Clock, type DeviceId, type Instant } from '@centralita/kernel';
import type { Binding } from '@centralita/sip';
import { z } from 'zod';
import { plainAddress } from '../addresses.ts';
import type { Logger } from '../logger.ts';

/** Changes are written together, at most once in this time; a refresh lost by a crash costs nothing but an earlier expiry. */
const WRITE_AFTER_MS = 1_000;

const schema = z.array(
  z.object({
    username: z.string(),
    deviceId: z.string(),
    account: z.string(),
    contact: z.string(),
    protocol: z.enum(['udp', 'tcp']),
    address: z.string(),
    port: z.number(),
    expiresAt: z.number(),
  }),
);

/** A registration as it survives the switch: where the phone was, until when. No secret. */
export interface KeptRegistration {
  readonly username: string;
  readonly deviceId: DeviceId;
  readonly account: AccountId;
  readonly contact: string;
  readonly protocol: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
  readonly expiresAt: Instant;
}

/** `registrations.json` in the data folder. Connections of browsers and TLS phones die with the switch, so they are not in it. */
export class RegistrationFile {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #kept = new Map<string, KeptRegistration>();
  readonly #places = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(dataDir: string, clock: Clock, logger: Logger) {
    this.#file = join(dataDir, 'registrations.json');
    this.#clock = clock;
    this.#logger = logger;
    for (const kept of this.#read()) if (kept.expiresAt > clock.now()) this.#set(kept);
  }

  all(): readonly KeptRegistration[] {
    return [...this.#kept.values()];
  }

  find(username: string): KeptRegistration | undefined {
    const kept = this.#kept.get(username);
    return kept !== undefined && kept.expiresAt > this.#clock.now() ? kept : undefined;
  }

  isAt(address: string, port: number): boolean {
    return this.#places.has(`${address}|${port}`);
  }

  keep(device: Pick<KeptRegistration, 'deviceId' | 'account' | 'username'>, binding: Binding): void {
    const { protocol, remote } = binding.flow;
    if (protocol !== 'udp' && protocol !== 'tcp') return;
    this.#unset(device.username);
    this.#set({ ...device, contact: binding.contact, protocol, address: plainAddress(remote.address), port: remote.port, expiresAt: binding.expiresAt });
    this.#writeSoon();
  }

  forget(username: string): void {
    if (this.#unset(username)) this.#writeSoon();
  }

  takeExpired(): readonly KeptRegistration[] {
    const expired = this.all().filter((kept) => kept.expiresAt <= this.#clock.now());
    for (const kept of expired) this.forget(kept.username);
    return expired;
  }

  close(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    ignoreFailure('registrations not written', () => this.#write());
  }

  #set(kept: KeptRegistration): void {
    this.#kept.set(kept.username, kept);
    const place = `${kept.address}|${kept.port}`;
    this.#places.set(place, (this.#places.get(place) ?? 0) + 1);
  }

  #unset(username: string): boolean {
    const kept = this.#kept.get(username);
    if (kept === undefined) return false;
    this.#kept.delete(username);
    const place = `${kept.address}|${kept.port}`;
    const count = (this.#places.get(place) ?? 0) - 1;
    if (count > 0) this.#places.set(place, count);
    else this.#places.delete(place);
    return true;
  }

  #read(): readonly KeptRegistration[] {
    try {
      return schema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (error) {
      // Absent at the first start; unreadable after a fault: phones register again by themselves within their expiry.
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!absent) this.#logger.warn({ error: String(error) }, 'kept registrations are unreadable and left out');
      return [];
    }
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      ignoreFailure('registrations not written', () => this.#write());
    }, WRITE_AFTER_MS).unref();
  }

  #write(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.all()), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}
