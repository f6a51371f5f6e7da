import fs from 'node:fs';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { StoredTurn } from '../../floor/journal-store.ts';

/** Beside this file, so that it moves with it. */
export const KEPT_JOURNAL = new URL('./journal.json.br', import.meta.url);

/** A day as a release decided it. */
export interface KeptJournal {
  readonly release: string;
  readonly turns: readonly StoredTurn[];
  /** States of that day, as that release wrote them (compressed, base64). */
  readonly snapshots: readonly { readonly seq: number; readonly schemaVersion: number; readonly state: string }[];
}

export const readKeptJournal = (): KeptJournal => JSON.parse(brotliDecompressSync(fs.readFileSync(KEPT_JOURNAL)).toString('utf8')) as KeptJournal;

export function writeKeptJournal(kept: KeptJournal): number {
  const packed = brotliCompressSync(JSON.stringify(kept), { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } });
  fs.writeFileSync(KEPT_JOURNAL, packed);
  return packed.length;
}
