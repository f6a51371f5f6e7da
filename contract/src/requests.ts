import { ROLES } from '@centralita/kernel';
import { z } from 'zod';
import { agentSkill, flowDefinition, flowView, numberView, queueMember, queueSettings, queueView, skillView, trunkView } from './configuration.ts';

/** Bodies and lists of the API that are no view of their own. */
const id = z.string().min(1).max(40);

export const noteRequest = z.object({ text: z.string().trim().min(1).max(10_000) });
export const tagsRequest = z.object({ tags: z.array(z.string().min(1).max(40)).max(20) });
export const outcomeRequest = z.object({ outcome: z.string().min(1).max(40).nullable() });

/** PUT /api/queues/:queueId; members left out stay as they are. */
export const queueRequest = queueSettings.extend({ members: z.array(queueMember).max(5_000).optional() });
export type QueueRequest = z.infer<typeof queueRequest>;
export const queueList = z.object({ items: z.array(queueView) });

export const skillRequest = z.object({ name: z.string().trim().min(1).max(80) });
export const skillList = z.object({ items: z.array(skillView) });

/** GET /api/agents: the people whose skills the reader may change (S0.15, S0.33). */
export const agentView = z.object({
  userId: id,
  name: z.string(),
  role: z.enum(ROLES),
  extension: z.string().nullable(),
  skills: z.array(agentSkill),
  queues: z.array(z.object({ queueId: id, priority: z.number().int() })),
  version: z.number().int(),
});
export type AgentView = z.infer<typeof agentView>;
export const agentList = z.object({ items: z.array(agentView) });
export const agentSkillsRequest = z.object({ skills: z.array(agentSkill).max(50) });

export const flowRequest = flowDefinition;
export const flowList = z.object({ items: z.array(flowView) });
export const numberList = z.object({ items: z.array(numberView) });
export const trunkList = z.object({ items: z.array(trunkView) });

/** GET and POST /api/demo: the account that lives by itself. */
export const demoRequest = z.object({ running: z.boolean() });
export const demoState = z.object({ available: z.boolean(), running: z.boolean() });

/** GET /api/traces/:legId: SIP messages and media statistics of one leg, redacted. */
export const legTrace = z.object({ legId: z.string(), text: z.string() });
/** GET /api/conversations/:conversationId/traces: those of every leg of it that the switch still has, oldest first. */
export const conversationTraces = z.object({ items: z.array(legTrace) });
