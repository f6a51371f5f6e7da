import { agentList, conversationTraces, queueList } from '@centralita/contract';
import { request } from '../session/api-client.ts';

/** What only the history asks for: names to filter by, whose schemas are the largest of the contract, and traces. */
export const listQueues = (signal?: AbortSignal) => request('GET', '/api/queues', { answer: queueList, signal });
export const listAgents = (signal?: AbortSignal) => request('GET', '/api/agents', { answer: agentList, signal });
export const readTraces = (conversationId: string) => request('GET', `/api/conversations/${encodeURIComponent(conversationId)}/traces`, { answer: conversationTraces });
