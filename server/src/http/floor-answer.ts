import { ok, randomId } from '@centralita/kernel';
import type { FloorRefusal } from '../floor/program.ts';
import type { FloorPort, PersonCommand } from './floor-port.ts';
import { isErrorCode } from './problem.ts';
import type { Answer, Refusal } from './refusal.ts';
import type { SignedIn } from './route.ts';

/** What was asked for is so already: to the person that is done. */
const ALREADY_SO: ReadonlySet<string> = new Set(['already-so', 'already-signed-in']);

/** Words that mean one thing to a machine and another to HTTP. */
const OTHER_MEANING: ReadonlySet<string> = new Set(['not-signed-in', 'forbidden', 'internal']);

/** Asks the floor, and brings a machine's refusal to the error catalogue. */
export async function askFloor(floor: Pick<FloorPort, 'submit'>, who: SignedIn, command: PersonCommand, personal?: Readonly<Record<string, string>>): Promise<Answer<undefined>> {
  const answer = await floor.submit(who.account, command, personal);
  if (answer.ok || ALREADY_SO.has(answer.refusal.code)) return ok(undefined);
  return { ok: false, refusal: refusalOfFloor(answer.refusal) };
}

export function refusalOfFloor({ code, detail }: FloorRefusal): Refusal {
  if (isErrorCode(code) && !OTHER_MEANING.has(code)) return detail === undefined ? { code } : { code, detail };
  return { code: 'not-allowed-now', detail: code };
}

/** A value that the journal must not hold, with the reference that stands for it. */
export function personal(value: string): { readonly ref: string; readonly values: Readonly<Record<string, string>> } {
  const ref = randomId('personal');
  return { ref, values: { [ref]: value } };
}
