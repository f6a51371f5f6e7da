import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** The people of the demo account as they were made: passwords are random, and this file is their only copy in clear. */
const firstSignIn = z.object({
  people: z.array(z.object({ name: z.string(), role: z.string(), email: z.string(), password: z.string() })),
});
export type FirstSignIn = z.infer<typeof firstSignIn>;

const fileIn = (secretsDir: string): string => path.join(secretsDir, 'first-sign-in.json');

/** Written once, by whoever makes the demo account. */
export function writeFirstSignIn(secretsDir: string, made: FirstSignIn): void {
  fs.writeFileSync(fileIn(secretsDir), `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

/** Undefined when there is none: it was made on another machine, or the operator removed it. */
export function readFirstSignIn(secretsDir: string): FirstSignIn | undefined {
  if (!fs.existsSync(fileIn(secretsDir))) return undefined;
  return firstSignIn.parse(JSON.parse(fs.readFileSync(fileIn(secretsDir), 'utf8')));
}

/** A table for the terminal. */
export function describeFirstSignIn({ people }: FirstSignIn): string {
  const width = (pick: (person: FirstSignIn['people'][number]) => string) => Math.max(...people.map((person) => pick(person).length));
  const [role, email] = [width((person) => person.role), width((person) => person.email)];
  return people.map((person) => `  ${person.role.padEnd(role)}  ${person.email.padEnd(email)}  ${person.password}`).join('\n');
}
