import { describeFirstSignIn, readFirstSignIn } from './config/first-sign-in.ts';
import { foldersOf } from './config/folders.ts';
import { OperatorError } from './config/operator-error.ts';
import { optionsHelp, parseOptions, takeOptions } from './config/options.ts';
import type { RunRole } from './roles/supervised.ts';

const HELP = `Centralita, a contact center in one program.

  main.ts [all-in-one] [options]     everything on this machine: database, switch, control
  main.ts credentials [options]      show the first sign-in again
  main.ts backup FILE [options]      write everything into one file
  main.ts restore FILE [options]     read such a file into an empty database
  main.ts replay --account ACCOUNT --from TIME --to TIME [options]
                                     decide that range of the journal anew: the same must come out
  main.ts switch|control --supervised   one role, told what to do by its parent

Options (the command line wins over the environment):
${optionsHelp()}
`;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  'all-in-one': async (args) => {
    const { options, positionals } = parseOptions(args, process.env);
    if (positionals[0] !== undefined) throw new OperatorError(`"${positionals[0]}" is not expected here. See --help.`);
    const { runAllInOne } = await import('./roles/all-in-one.ts');
    await runAllInOne(options, say);
  },
  switch: async () => {
    const { runSwitch } = await import('./roles/switch.ts');
    await supervised(runSwitch);
  },
  control: async () => {
    const { runControl } = await import('./roles/control.ts');
    await supervised(runControl);
  },
  credentials: async (args) => {
    const folders = foldersOf(parseOptions(args, process.env).options.data);
    const people = readFirstSignIn(folders.secrets);
    if (!people) throw new OperatorError(`No first sign-in is kept in ${folders.data}. Start Centralita once, or name its folder with --data.`);
    say(describeFirstSignIn(people));
  },
  backup: async (args) => {
    const { options, positionals } = parseOptions(args, process.env);
    const { backupCommand } = await import('./roles/backup-commands.ts');
    await backupCommand(options, oneFile('backup', positionals), say);
  },
  restore: async (args) => {
    const { options, positionals } = parseOptions(args, process.env);
    const { restoreCommand } = await import('./roles/backup-commands.ts');
    await restoreCommand(options, oneFile('restore', positionals), say);
  },
  replay: async (args) => {
    const { replayCommand, REPLAY_OPTIONS } = await import('./roles/replay-command.ts');
    const { own, rest } = takeOptions(args, REPLAY_OPTIONS);
    const { options, positionals } = parseOptions(rest, process.env);
    if (positionals[0] !== undefined) throw new OperatorError(`"${positionals[0]}" is not expected here. See --help.`);
    if (!(await replayCommand(options, own, say))) process.exitCode = 1;
  },
};

async function supervised<Settings>(run: RunRole<Settings>): Promise<void> {
  const { runSupervised } = await import('./roles/supervised.ts');
  runSupervised(run);
}

function oneFile(command: string, positionals: readonly string[]): string {
  if (positionals.length !== 1) throw new OperatorError(`Name one file: npm run ${command} -- FILE`);
  return positionals[0]!;
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    say(HELP);
    return;
  }
  const [first = 'all-in-one'] = args;
  const named = !first.startsWith('-') && args.length > 0;
  const command = COMMANDS[named ? first : 'all-in-one'];
  if (!command) throw new OperatorError(`There is no command "${first}". See --help.`);
  await command(named ? args.slice(1) : args);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error instanceof OperatorError ? error.message : (error.stack ?? error.message)}\n`);
  process.exitCode = 1;
});
