import fs from 'node:fs';
import path from 'node:path';
import { checkBoundaries } from './check.ts';
import type { Table } from './table.ts';

const root = path.resolve(import.meta.dirname, '../..');
const table = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'table.json'), 'utf8')) as Table;
const problems = checkBoundaries(root, table);
for (const problem of problems) console.log(problem);
if (problems.length > 0) {
  console.log(`${problems.length} imports are not as tools/check-boundaries/table.json says`);
  process.exitCode = 1;
}
