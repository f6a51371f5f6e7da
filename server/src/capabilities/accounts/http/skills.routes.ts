import { agentList, agentSkillsRequest, type AgentView, agentView, skillList, skillRequest, skillView } from '@centralita/contract';
import { ok } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route, versionTag } from '../../../http/route.ts';
import { changeAgentSkills } from '../application/change-agent-skills.ts';
import type { AgentRow, ConfigurationDeps, Skill } from '../application/ports.ts';
import { removeSkill } from '../application/remove-skill.ts';
import { createSkill, renameSkill } from '../application/save-skill.ts';
import { editorOf, reachOf } from './queues.routes.ts';

const params = z.object({ skillId: z.string().max(40) });
const tag = ({ version }: { readonly version: number }) => versionTag(version);
const skillViewOf = (skill: Skill) => ({ ...skill });
const agentViewOf = (agent: AgentRow): AgentView => ({ ...agent, skills: agent.skills.map((skill) => ({ ...skill })), queues: agent.queues.map((queue) => ({ ...queue })) });

export function skillRoutes(deps: ConfigurationDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/skills',
      summary: 'Skills of the account',
      permission: 'skills:read',
      schema: { response: skillList },
      handler: async ({ who }) => ok(await deps.read(who.account, (sql) => deps.skills.list(sql))),
      view: (skills) => ({ items: skills.map(skillViewOf) }),
    }),
    route({
      method: 'POST',
      url: '/api/skills',
      summary: 'Make a skill',
      permission: 'skills:edit',
      schema: { body: skillRequest, response: skillView },
      status: 201,
      idempotent: true,
      handler: ({ who, body, requestId }) => createSkill(deps, editorOf(who, requestId), body.name),
      view: skillViewOf,
      headers: tag,
    }),
    route({
      method: 'PUT',
      url: '/api/skills/:skillId',
      summary: 'Rename a skill',
      permission: 'skills:edit',
      schema: { params, body: skillRequest, response: skillView },
      versioned: true,
      handler: ({ who, params: { skillId }, body, requestId, expectedVersion }) => renameSkill(deps, editorOf(who, requestId), skillId, expectedVersion, body.name),
      view: skillViewOf,
      headers: tag,
    }),
    route({
      method: 'DELETE',
      url: '/api/skills/:skillId',
      summary: 'Remove a skill that nobody has and no queue asks for',
      permission: 'skills:edit',
      schema: { params },
      handler: ({ who, params: { skillId }, requestId }) => removeSkill(deps, editorOf(who, requestId), skillId),
    }),
  ];
}

export function agentRoutes(deps: ConfigurationDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/agents',
      summary: 'People whose skills the reader may change',
      permission: 'agents:edit-skills',
      schema: { response: agentList },
      handler: async ({ who }) => ok(await deps.read(who.account, (sql) => deps.agents.list(sql, reachOf(who)))),
      view: (agents) => ({ items: agents.map(agentViewOf) }),
    }),
    route({
      method: 'PUT',
      url: '/api/agents/:userId/skills',
      summary: "Change a person's skills and their levels",
      permission: 'agents:edit-skills',
      schema: { params: z.object({ userId: z.string().max(40) }), body: agentSkillsRequest, response: agentView },
      versioned: true,
      handler: ({ who, params: { userId }, body, requestId, expectedVersion }) => changeAgentSkills(deps, editorOf(who, requestId), reachOf(who), userId, expectedVersion, body.skills),
      view: agentViewOf,
      headers: tag,
    }),
  ];
}
