import type { AccountId, DeviceId, TrunkId } from '@centralita/kernel';
import type { DirectoryNumber } from '../../port/index.ts';

export interface NumberOwner {
  readonly account: AccountId;
  readonly fallbackDeviceIds: readonly DeviceId[];
}

interface Row extends DirectoryNumber {
  readonly account: AccountId;
}

/** Dialled number → account. One number may belong to several accounts when it arrives over different trunks. */
export class Directory {
  readonly #rows = new Map<string, Row[]>();

  /** The account's whole list; rows that are not in it any more are gone. */
  provision(account: AccountId, numbers: readonly DirectoryNumber[]): void {
    for (const [number, rows] of this.#rows) {
      const left = rows.filter((row) => row.account !== account);
      if (left.length === 0) this.#rows.delete(number);
      else this.#rows.set(number, left);
    }
    for (const row of numbers) {
      const key = normal(row.number);
      this.#rows.set(key, [...(this.#rows.get(key) ?? []), { ...row, account }]);
    }
  }

  /** A row that names the trunk wins over one for any trunk of the account. */
  forTrunk(trunkId: TrunkId, trunkAccount: AccountId, dialled: string): NumberOwner | undefined {
    const rows = this.#rows.get(normal(dialled)) ?? [];
    return owner(rows.find((row) => row.trunkId === trunkId) ?? rows.find((row) => row.trunkId === undefined && row.account === trunkAccount));
  }

  /** The number a caller on this machine may reach without authentication. */
  openToLoopback(dialled: string): NumberOwner | undefined {
    return owner((this.#rows.get(normal(dialled)) ?? []).find((row) => row.openToLoopback === true));
  }

  /** For a guest's call: the account's own number. */
  ofAccount(account: AccountId, dialled: string): NumberOwner | undefined {
    return owner((this.#rows.get(normal(dialled)) ?? []).find((row) => row.account === account));
  }
}

const owner = (row: Row | undefined): NumberOwner | undefined => row && { account: row.account, fallbackDeviceIds: row.fallbackDeviceIds ?? [] };

/** `+34910000000` and `34910000000` are one number: a softphone may or may not write the plus. */
const normal = (number: string): string => number.replace(/^\+/, '').toLowerCase();
