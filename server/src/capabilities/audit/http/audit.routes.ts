import { auditFilter, auditPage } from '@centralita/contract';
import { route, type Route } from '../../../http/route.ts';
import { type AuditTrail, listAudit } from '../application/list-audit.ts';

export function auditRoutes(deps: { readonly audit: AuditTrail }): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/audit',
      summary: 'Who did what, newest first; by time, person, action or thing',
      permission: 'audit:read',
      letGoWith: 'reports',
      schema: { query: auditFilter, response: auditPage },
      handler: ({ who, query }) => listAudit(deps, who.account, query),
      view: ({ items, nextCursor }) => ({ items: items.map((entry) => ({ ...entry })), nextCursor }),
    }),
  ];
}
