import { isForTests, isTypeScript, listFiles } from '../source/files.ts';
import { readModule } from '../source/module.ts';
import { readDeclared, readWorkspaces, resolveImport, type Workspace } from '../source/resolve.ts';
import { findCycles } from './cycles.ts';
import { mayImport, placeOf, type Table } from './table.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** @returns one line for each thing that is not as the table says; none when all is well */
export function checkBoundaries(root: string, table: Table): string[] {
  const workspaces = readWorkspaces(root);
  const shared = readDeclared(root);
  const problems: string[] = [];
  const edges: Edge[] = [];
  for (const file of listFiles(root).filter(isTypeScript)) {
    const place = placeOf(table, file);
    if (!place) problems.push(`${file}: belongs to no room of the import table`);
    for (const { specifier, typeOnly, line } of readModule(root, file).imports) {
      const at = `${file}:${line}`;
      const target = resolveImport(root, workspaces, file, specifier);
      const own = workspaces.find(({ folder }) => file.startsWith(`${folder}/`));
      if (target.kind === 'missing') problems.push(`${at}: ${specifier} leads nowhere`);
      if (target.kind === 'package' && own && !own.declared.has(target.name) && !(isForTests(file) && shared.has(target.name))) problems.push(`${at}: ${target.name} is not in ${own.folder}/package.json`);
      if (target.kind !== 'file') continue;
      edges.push({ from: file, to: target.file, typeOnly });
      problems.push(...spelling(at, own, target.file, target.relative, workspaces));
      const to = placeOf(table, target.file);
      if (place && to && !isForTests(file) && !mayImport(place, to, typeOnly)) problems.push(`${at}: ${named(place)} may not import ${typeOnly ? 'types of ' : ''}${named(to)} (${specifier})`);
    }
  }
  return [...problems, ...fileCycles(edges), ...capabilityCycles(table, edges), ...unwantedReach(table, edges)];
}

const named = ({ room, capability }: { readonly room: string; readonly capability: string | undefined }): string => (capability === undefined ? room : `${capability}/${room}`);

/** Relative inside a package, the workspace's name between packages. */
function spelling(at: string, own: Workspace | undefined, target: string, relative: boolean, workspaces: readonly Workspace[]): string[] {
  const theirs = workspaces.find(({ folder }) => target.startsWith(`${folder}/`));
  if (relative && theirs !== own && theirs) return [`${at}: between packages use the name ${theirs.name}, not a relative path`];
  if (!relative && theirs === own && own) return [`${at}: inside ${own.name} use a relative path`];
  return [];
}

/** Types are gone at run time, so only imports of values make a cycle. */
function fileCycles(edges: readonly Edge[]): string[] {
  const values = edges.filter(({ typeOnly }) => !typeOnly);
  return findCycles(values).map((cycle) => `files import each other in a circle: ${cycle.join(' → ')}`);
}

function capabilityCycles(table: Table, edges: readonly Edge[]): string[] {
  const between = edges.flatMap(({ from, to, typeOnly }) => {
    const [a, b] = [placeOf(table, from)?.capability, placeOf(table, to)?.capability];
    return typeOnly || isForTests(from) || a === undefined || b === undefined || a === b ? [] : [{ from: a, to: b }];
  });
  return findCycles(between).map((cycle) => `capabilities need each other in a circle (let one listen to the other's events): ${cycle.join(' → ')}`);
}

function unwantedReach(table: Table, edges: readonly Edge[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of edges) if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  return table.neverReached.flatMap(({ from, rooms, why }) => {
    const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
    for (const file of cameFrom.keys()) for (const to of next.get(file) ?? []) if (!cameFrom.has(to)) cameFrom.set(to, file);
    const reached = [...cameFrom.keys()].find((file) => rooms.includes(placeOf(table, file)?.room ?? ''));
    if (reached === undefined) return [];
    const path: string[] = [];
    for (let at: string | undefined = reached; at !== undefined; at = cameFrom.get(at)) path.unshift(at);
    return [`${path.join(' → ')}: ${why}`];
  });
}
