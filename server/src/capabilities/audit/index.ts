export type { AuditEntry, AuditFilter, AuditTrail } from './application/list-audit.ts';
