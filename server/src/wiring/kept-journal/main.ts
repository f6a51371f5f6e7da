import fs from 'node:fs';
import { recordDay } from '../testing/recorded-day.ts';
import { writeKeptJournal } from './kept-journal.ts';

/** Records the journal that later programs have to replay: `node server/src/wiring/kept-journal/main.ts`. When to: README.md. */
const { version } = JSON.parse(fs.readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as { readonly version: string };
const { journal } = await recordDay({ seed: 20_261_122, minutes: 24, agents: 4, callsPerMinute: 4, restartEveryMinutes: 9 });
const snapshots = journal.snapshots
  .filter((_, index) => index % 12 === 4)
  .map(({ seq, schemaVersion, state }) => ({ seq, schemaVersion, state: Buffer.from(state).toString('base64') }));
const bytes = writeKeptJournal({ release: version, turns: journal.turns, snapshots });
process.stdout.write(`${journal.turns.length} turns and ${snapshots.length} snapshots of ${version}: ${Math.round(bytes / 1_000)} kB\n`);
