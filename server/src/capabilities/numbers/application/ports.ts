import type { FlowId, NumberId, TrunkId } from '@centralita/kernel';
import type { TrunkProfile } from '../../../telephony/port/index.ts';
import type { AccountKeys, ChangeConfiguration, ConfigurationRefusal, FloorTrunk, ReadConfiguration, Sql } from '../../accounts/index.ts';

export type { ConfigurationRefusal, Editor, Sql } from '../../accounts/index.ts';
export { derivedKey, open, seal } from '../../accounts/index.ts';

export interface NumberSettings {
  readonly number: string;
  readonly flowId: FlowId;
  readonly trunkId: TrunkId | null;
  readonly public: boolean;
}
export interface DialledNumber extends NumberSettings {
  readonly numberId: NumberId;
  readonly version: number;
}
export interface NumberTable {
  list(sql: Sql): Promise<DialledNumber[]>;
  findToChange(sql: Sql, numberId: NumberId): Promise<DialledNumber | undefined>;
  /** `here`: in this account, on the same trunk. `elsewhere`: public and taken by another account of the installation. */
  taken(sql: Sql, settings: NumberSettings, except: NumberId): Promise<boolean>;
  write(sql: Sql, number: DialledNumber): Promise<'written' | 'taken-elsewhere'>;
  remove(sql: Sql, numberId: NumberId): Promise<void>;
  /** Call pages that ring it. */
  usedBy(sql: Sql, numberId: NumberId): Promise<string[]>;
  flowExists(sql: Sql, flowId: FlowId): Promise<boolean>;
}

export interface TrunkSettings extends Omit<TrunkProfile, 'registration'> {
  readonly name: string;
  /** `password` is empty wherever settings are shown; given empty, the kept one stays. */
  readonly registration: NonNullable<TrunkProfile['registration']> | null;
}
export interface Trunk {
  readonly trunkId: TrunkId;
  /** Without the password. */
  readonly settings: TrunkSettings;
  readonly secret: Buffer | null;
  readonly version: number;
}
export interface TrunkTable {
  list(sql: Sql): Promise<Trunk[]>;
  findToChange(sql: Sql, trunkId: TrunkId): Promise<Trunk | undefined>;
  nameTaken(sql: Sql, name: string, except: TrunkId): Promise<boolean>;
  write(sql: Sql, trunk: Trunk): Promise<void>;
  remove(sql: Sql, trunkId: TrunkId): Promise<void>;
  usedBy(sql: Sql, trunkId: TrunkId): Promise<string[]>;
}

export interface NumberDeps {
  readonly change: ChangeConfiguration;
  readonly read: ReadConfiguration;
  readonly numbers: NumberTable;
  readonly trunks: TrunkTable;
  readonly accountKeys: AccountKeys;
  readonly drawId: (kind: 'number' | 'trunk') => string;
}

export const invalid = (pointer: string, code: string, detail: string): ConfigurationRefusal => ({ code: 'invalid-input', errors: [{ pointer, code, detail }] });

/** For the journal and the floor: everything but the password. */
export function floorTrunk({ name, registration, ...profile }: TrunkSettings): FloorTrunk {
  return { name, profile: { ...profile, ...(registration && { registration: { ...registration, password: '' } }) } };
}
