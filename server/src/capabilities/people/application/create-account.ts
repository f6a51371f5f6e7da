import { randomBytes } from 'node:crypto';
import type { AccountId, DeviceId, FlowId, GroupId, Language, NumberId, QueueId, Result, Role, SkillId, StatusId, TrunkId, UserId } from '@centralita/kernel';
import { ok, randomId } from '@centralita/kernel';
import type { TrunkProfile } from '../../../telephony/port/index.ts';
import { type AccountKeys, derivedKey, type FloorFlow, type FloorQueue, seal } from '../../accounts/index.ts';
import type { AccountPlan } from './account-plan.ts';
import type { ChangeConfiguration, FloorChange, Passwords, Sql } from './ports.ts';

/** Everything of an account with its ids drawn, ready to be written row by row. */
export interface DrawnAccount {
  readonly account: AccountId;
  readonly card: AccountPlan['account'];
  readonly statuses: readonly { readonly statusId: StatusId; readonly names: Readonly<Record<Language, string>>; readonly icon: string; readonly takesQueueWork: boolean }[];
  readonly skills: readonly { readonly skillId: SkillId; readonly name: string }[];
  readonly people: readonly DrawnPerson[];
  readonly group: { readonly groupId: GroupId; readonly name: string; readonly outgoingCalls: boolean; readonly members: readonly UserId[]; readonly supervisors: readonly UserId[] };
  readonly queues: readonly { readonly queueId: QueueId; readonly name: string; readonly settings: FloorQueue & { readonly serviceLevelTarget: number }; readonly members: readonly { readonly userId: UserId; readonly priority: number }[]; readonly supervisors: readonly UserId[] }[];
  readonly flow: { readonly flowId: FlowId; readonly name: string; readonly steps: FloorFlow };
  readonly trunk: { readonly trunkId: TrunkId; readonly name: string; readonly profile: TrunkProfile } | null;
  readonly number: { readonly numberId: NumberId; readonly number: string; readonly public: boolean };
  readonly callPage: { readonly slug: string } | null;
  readonly contacts: readonly { readonly contactId: string; readonly name: string; readonly numbers: readonly string[] }[];
  readonly outcomes: readonly string[];
  readonly tags: readonly string[];
}
export interface DrawnPerson {
  readonly userId: UserId;
  readonly name: string;
  readonly role: Role;
  readonly email: string;
  readonly passwordHash: string;
  readonly extension: string | null;
  readonly skills: readonly { readonly skillId: SkillId; readonly level: number }[];
  /** A telephone that does not register, for agents who are simulated. */
  readonly phone: { readonly deviceId: DeviceId; readonly username: string; readonly secret: Buffer } | null;
}

export interface AccountWriter {
  /** Reserves the account's slug in the installation; false when it is there already. */
  reserve(sql: Sql, account: DrawnAccount): Promise<boolean>;
  write(sql: Sql, account: DrawnAccount): Promise<void>;
}

export interface CreateAccountDeps {
  readonly change: ChangeConfiguration;
  readonly writer: AccountWriter;
  readonly passwords: Passwords;
  readonly accountKeys: AccountKeys;
}
export interface MadeAccount {
  readonly account: AccountId;
  readonly trunkId: TrunkId | null;
  readonly people: readonly { readonly userId: UserId; readonly name: string; readonly role: Role; readonly email: string; readonly deviceId: DeviceId | null }[];
}

/**
 * Writes a whole account at once: rows, audit and the floor's changes in one transaction.
 * @param keep is given the passwords before the commit, so that an account never exists whose passwords nobody has
 */
export async function createAccount(
  deps: CreateAccountDeps,
  plan: AccountPlan,
  keep: (people: readonly { readonly name: string; readonly role: Role; readonly email: string; readonly password: string }[]) => void,
): Promise<Result<MadeAccount, { readonly code: 'already-there' }>> {
  const passwords = new Map(plan.people.map((person) => [person.name, randomPassword()]));
  const hashes = new Map(await Promise.all(plan.people.map(async (person) => [person.name, person.signsIn ? await deps.passwords.hash(passwords.get(person.name)!) : '!'] as const)));
  const drawn = drawAccount(plan, hashes);
  const made = await deps.change({ account: drawn.account, actor: 'installation', requestId: null }, async (sql) => {
    if (!(await deps.writer.reserve(sql, drawn))) return { ok: false, refusal: { code: 'name-taken' } };
    await deps.writer.write(sql, drawn);
    keep(plan.people.filter((person) => person.signsIn).map(({ name, role, email }) => ({ name, role, email, password: passwords.get(name)! })));
    return ok({ value: undefined, audit: [{ action: 'account-created', entity: 'account', entityId: drawn.account }], floor: floorChanges(drawn) });
  });
  if (!made.ok) return { ok: false, refusal: { code: 'already-there' } };
  await sealPhones(deps, drawn);
  return ok({
    account: drawn.account,
    trunkId: drawn.trunk?.trunkId ?? null,
    people: drawn.people.map(({ userId, name, role, email, phone }) => ({ userId, name, role, email, deviceId: phone?.deviceId ?? null })),
  });
}

/** The account's key needs the account's row, so telephones get their secrets in a second step. */
async function sealPhones(deps: CreateAccountDeps, drawn: DrawnAccount): Promise<void> {
  const phones = drawn.people.flatMap((person) => (person.phone ? [person.phone] : []));
  if (phones.length === 0) return;
  const key = derivedKey(await deps.accountKeys.keyOf(drawn.account), 'secrets');
  await deps.change({ account: drawn.account, actor: 'installation', requestId: null }, async (sql) => {
    for (const { deviceId } of phones) await sql.query(`update devices set secret = $2 where device_id = $1`, [deviceId, seal(key, randomBytes(24).toString('base64url'), deviceId)]);
    return ok({ value: undefined, audit: [], floor: [] });
  });
}

function drawAccount(plan: AccountPlan, hashes: ReadonlyMap<string, string>): DrawnAccount {
  const skills = plan.skills.map((name) => ({ skillId: randomId('skill'), name }));
  const skillId = (name: string) => skills.find((skill) => skill.name === name)!.skillId;
  const people: DrawnPerson[] = plan.people.map((person) => ({
    userId: randomId('user'),
    name: person.name,
    role: person.role,
    email: person.email,
    passwordHash: hashes.get(person.name)!,
    extension: person.extension,
    skills: Object.entries(person.skills).map(([name, level]) => ({ skillId: skillId(name), level })),
    phone: person.phone ? { deviceId: randomId('device'), username: `p-${randomBytes(10).toString('hex')}`, secret: randomBytes(40) } : null,
  }));
  const userId = (name: string) => people.find((person) => person.name === name)!.userId;
  const supervisors = plan.people.filter((person) => person.role === 'supervisor').map((person) => userId(person.name));
  const queues = plan.queues.map((queue) => ({
    queueId: randomId('queue'),
    name: queue.name,
    settings: queue.settings(skillId),
    members: queue.members.map(({ name, priority }) => ({ userId: userId(name), priority })),
    supervisors,
  }));
  return {
    account: randomId('account'),
    card: plan.account,
    statuses: plan.statuses.map((status) => ({ ...status, statusId: randomId('status') })),
    skills,
    people,
    group: { groupId: randomId('group'), name: plan.group.name, outgoingCalls: plan.group.outgoingCalls, members: people.map((person) => person.userId), supervisors },
    queues,
    flow: { flowId: randomId('flow'), name: plan.flow.name, steps: plan.flow.steps((name) => queues.find((queue) => queue.name === name)!.queueId) },
    trunk: plan.trunk ? { trunkId: randomId('trunk'), ...plan.trunk } : null,
    number: { numberId: randomId('number'), ...plan.number },
    callPage: plan.callPage,
    contacts: plan.contacts.map((contact) => ({ contactId: randomId('contact'), ...contact })),
    outcomes: plan.outcomes,
    tags: plan.tags,
  };
}

/** In the order in which one thing names another. */
function floorChanges(drawn: DrawnAccount): FloorChange[] {
  const initialStatusId = drawn.statuses.findLast((status) => !status.takesQueueWork)!.statusId;
  return [
    ...drawn.statuses.map(({ statusId, takesQueueWork }) => ({ entity: 'status' as const, id: statusId, value: { takesQueueWork } })),
    ...drawn.queues.map(({ queueId, settings: { serviceLevelTarget: _target, ...value } }) => ({ entity: 'queue' as const, id: queueId, value })),
    { entity: 'flow', id: drawn.flow.flowId, value: drawn.flow.steps },
    ...(drawn.trunk ? [{ entity: 'trunk' as const, id: drawn.trunk.trunkId, value: { name: drawn.trunk.name, profile: drawn.trunk.profile } }] : []),
    { entity: 'number', id: drawn.number.numberId, value: { number: drawn.number.number, flowId: drawn.flow.flowId, trunkId: drawn.trunk?.trunkId ?? null, public: drawn.number.public } },
    ...drawn.people.map(({ userId, skills, extension }) => ({
      entity: 'agent' as const,
      id: userId,
      value: {
        skills,
        queues: drawn.queues.flatMap((queue) => queue.members.filter((member) => member.userId === userId).map(({ priority }) => ({ queueId: queue.queueId, priority }))),
        extension,
        outgoingCalls: drawn.group.outgoingCalls,
        initialStatusId,
      },
    })),
    ...drawn.people.flatMap(({ userId, phone }) => (phone ? [{ entity: 'device' as const, id: phone.deviceId, value: { userId, kind: 'phone' as const } }] : [])),
  ];
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Four groups of five, easy to read aloud: 99 bits. */
function randomPassword(): string {
  const drawn = Array.from({ length: 20 }, () => LETTERS[randomBelow(LETTERS.length)]!).join('');
  return drawn.match(/.{5}/g)!.join('-');
}

/** Without the bias of a plain remainder. */
function randomBelow(limit: number): number {
  for (;;) {
    const byte = randomBytes(1)[0]!;
    if (byte < 256 - (256 % limit)) return byte % limit;
  }
}
