import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkBoundaries } from './check.ts';
import { findCycles } from './cycles.ts';
import type { Table } from './table.ts';

const table = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'table.json'), 'utf8')) as Table;
const roots: string[] = [];
afterEach(() => roots.splice(0).forEach((root) => fs.rmSync(root, { recursive: true })));

/** A little repository with these files. */
function repository(files: Record<string, string>): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'bounds-'));
  roots.push(root);
  const all: Record<string, string> = {
    'package.json': JSON.stringify({ workspaces: ['kernel', 'server'] }),
    'kernel/package.json': JSON.stringify({ name: '@centralita/kernel', exports: { '.': './src/index.ts' } }),
    'kernel/src/index.ts': '',
    'server/package.json': JSON.stringify({ name: '@centralita/server', dependencies: { pg: '1' }, exports: { './*': './src/*' } }),
    ...files,
  };
  for (const [file, content] of Object.entries(all)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), content);
  }
  return root;
}
const check = (files: Record<string, string>) => checkBoundaries(repository(files), table);
const calls = (file: string) => `server/src/capabilities/calls/${file}`;

describe('check-boundaries', () => {
  it('lets the house be as it is drawn', () => {
    const files = {
      [calls('domain/call.ts')]: `import { ok } from '@centralita/kernel'; import type { Offer } from '../../routing/index.ts';`,
      [calls('application/answer.ts')]: `import '../domain/call.ts'; import '../../routing/index.ts';`,
      'server/src/capabilities/routing/index.ts': '',
    };
    expect(check(files)).toEqual([]);
  });

  it('names the import that crosses a wall', () => {
    const files = {
      [calls('domain/call.ts')]: `\nimport { openPool } from '../../../storage/pool.ts';`,
      'server/src/storage/pool.ts': '',
    };
    expect(check(files)).toEqual([`${calls('domain/call.ts')}:2: calls/domain may not import storage (../../../storage/pool.ts)`]);
  });

  it('lets types alone pass where only types may, and nothing past an index', () => {
    const files = {
      [calls('domain/a.ts')]: `import { x } from '../../routing/index.ts';`,
      [calls('application/b.ts')]: `import type { X } from '../../routing/domain/offer.ts';`,
      'server/src/capabilities/routing/index.ts': '',
      'server/src/capabilities/routing/domain/offer.ts': '',
    };
    const problems = check(files);
    expect(problems.some((line) => line.includes('calls/domain may not import routing/index'))).toBe(true);
    expect(problems.some((line) => line.includes('calls/application may not import types of routing/domain'))).toBe(true);
  });

  it('wants names between packages, relative paths inside, and packages that are declared', () => {
    const problems = check({
      'server/src/storage/a.ts': `import '../../../kernel/src/index.ts'; import '@centralita/server/storage/b.ts'; import 'left-pad'; import 'pg';`,
      'server/src/storage/b.ts': '',
    });
    expect(problems).toEqual([
      'server/src/storage/a.ts:1: between packages use the name @centralita/kernel, not a relative path',
      'server/src/storage/a.ts:1: inside @centralita/server use a relative path',
      'server/src/storage/a.ts:1: left-pad is not in server/package.json',
    ]);
  });

  it('finds circles of files, but not of types', () => {
    const circle = { 'server/src/http/a.ts': `import './b.ts';`, 'server/src/http/b.ts': `import './a.ts';` };
    expect(check(circle)[0]).toContain('files import each other in a circle: server/src/http/a.ts → server/src/http/b.ts → server/src/http/a.ts');
    expect(check({ ...circle, 'server/src/http/b.ts': `import type { A } from './a.ts';` })).toEqual([]);
    expect(findCycles([{ from: 'a', to: 'b' }, { from: 'b', to: 'c' }])).toEqual([]);
  });

  it('keeps the switch away from storage, by whatever way', () => {
    const problems = check({
      'server/src/roles/switch.ts': `import '../config/x.ts';`,
      'server/src/config/x.ts': `import type { T } from '../storage/pool.ts'; export * from '../config/y.ts';`,
      'server/src/config/y.ts': `import '../storage/pool.ts';`,
      'server/src/storage/pool.ts': '',
    });
    expect(problems.at(-1)).toContain('server/src/roles/switch.ts → server/src/config/x.ts → server/src/config/y.ts → server/src/storage/pool.ts');
  });
});
