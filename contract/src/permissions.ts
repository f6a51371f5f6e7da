import type { Role } from '@centralita/kernel';
import type { Section } from './session.ts';

export const SCOPES = ['own', 'group', 'queue', 'account'] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * permission × role → scope, transcribed from requirements S0 with D1 to D9. A role that is missing does not hold the
 * permission. Every route declares one of these; a test walks all routes × all roles and compares with this table.
 */
export const PERMISSIONS = {
  'session:use': { agent: 'own', supervisor: 'own', manager: 'own', administrator: 'own', owner: 'own' },
  'workspace:use': { agent: 'own', supervisor: 'own', manager: 'own', administrator: 'own', owner: 'own' },
  'conversations:read': { agent: 'own', supervisor: 'group', manager: 'account', administrator: 'account', owner: 'account' },
  'conversations:write-notes': { agent: 'own', supervisor: 'group', manager: 'account', administrator: 'account', owner: 'account' },
  'recordings:play': { supervisor: 'group', manager: 'account', administrator: 'account', owner: 'account' },
  'board:read': { supervisor: 'group', manager: 'account', administrator: 'account', owner: 'account' },
  'what-if:use': { supervisor: 'queue', manager: 'account', administrator: 'account', owner: 'account' },
  'queues:read': { supervisor: 'queue', manager: 'account', administrator: 'account', owner: 'account' },
  'queues:edit': { administrator: 'account', owner: 'account' },
  'skills:read': { supervisor: 'account', manager: 'account', administrator: 'account', owner: 'account' },
  'skills:edit': { manager: 'account', administrator: 'account', owner: 'account' },
  'agents:edit-skills': { supervisor: 'group', manager: 'account', administrator: 'account', owner: 'account' },
  'flows:read': { administrator: 'account', owner: 'account' },
  'flows:edit': { administrator: 'account', owner: 'account' },
  'numbers:read': { administrator: 'account', owner: 'account' },
  'numbers:edit': { administrator: 'account', owner: 'account' },
  'trunks:read': { administrator: 'account', owner: 'account' },
  'trunks:edit': { administrator: 'account', owner: 'account' },
  'integrations:read': { administrator: 'account', owner: 'account' },
  'integrations:edit': { administrator: 'account', owner: 'account' },
  'traces:download': { administrator: 'account', owner: 'account' },
  'retention:edit': { administrator: 'account', owner: 'account' },
  'legal-holds:edit': { administrator: 'account', owner: 'account' },
  'audit:read': { administrator: 'account', owner: 'account' },
  'demo:switch': { manager: 'account', administrator: 'account', owner: 'account' },
} as const satisfies Record<string, Partial<Record<Role, Scope>>>;
export type Permission = keyof typeof PERMISSIONS;

/** S0.52. */
export const SECTIONS_OF_ROLE: Readonly<Record<Role, readonly Section[]>> = {
  agent: ['workspace'],
  supervisor: ['workspace', 'live', 'reports', 'history', 'settings'],
  manager: ['workspace', 'live', 'reports', 'history', 'settings'],
  administrator: ['workspace', 'live', 'reports', 'history', 'settings', 'billing'],
  owner: ['workspace', 'live', 'reports', 'history', 'settings', 'billing'],
};

export const scopeOf = (role: Role, permission: Permission): Scope | undefined => (PERMISSIONS[permission] as Partial<Record<Role, Scope>>)[role];
