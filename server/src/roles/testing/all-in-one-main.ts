import path from 'node:path';
import { parseOptions } from '../../config/options.ts';
import { runAllInOne } from '../all-in-one.ts';

// The real parent over stub roles, as a process that a test can kill.
runAllInOne(parseOptions(process.argv.slice(2), {}).options, (line) => process.stdout.write(`${line}\n`), path.join(import.meta.dirname, 'stub-roles.ts')).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
