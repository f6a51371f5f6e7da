/** One row of the import table, see table.json. */
export interface Room {
  readonly room: string;
  /** A path, with `**` for everything below and `{capability}` for one folder's name. */
  readonly files: string;
  readonly may: readonly string[];
}

export interface Table {
  readonly rooms: readonly Room[];
  readonly neverReached: readonly { readonly from: string; readonly rooms: readonly string[]; readonly why: string }[];
}

export interface Place {
  readonly room: string;
  readonly capability: string | undefined;
  readonly may: readonly string[];
}

/** The first row that fits: narrower rows stand before wider ones. */
export function placeOf(table: Table, file: string): Place | undefined {
  for (const { room, files, may } of table.rooms) {
    const match = pattern(files).exec(file);
    if (match) return { room, capability: match.groups?.['capability'], may };
  }
  return undefined;
}

const patterns = new Map<string, RegExp>();

function pattern(files: string): RegExp {
  const known = patterns.get(files);
  if (known) return known;
  const source = files
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace('{capability}', '(?<capability>[^/]+)')
    .replaceAll(/\*\*|\*/g, (stars) => (stars === '**' ? '.*' : '[^/]*'));
  const made = new RegExp(`^${source}$`);
  patterns.set(files, made);
  return made;
}

/** Whether the table lets `from` import `to`. Tests look into everything they test. */
export function mayImport(from: Place, to: Place, typeOnly: boolean): boolean {
  if (from.room === to.room && from.capability === to.capability) return true;
  return from.may.some((entry) => {
    const parts = entry.split(':');
    const types = parts[0] === 'types';
    if (types) parts.shift();
    if (types && !typeOnly) return false;
    if (parts[0] === '*') return to.room !== 'wiring';
    const whose = parts.length === 2 ? parts[0] : undefined;
    if (parts.at(-1) !== to.room) return false;
    if (whose === 'own') return from.capability === to.capability;
    if (whose === 'other') return from.capability !== to.capability;
    return true;
  });
}
