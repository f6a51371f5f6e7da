import { agentList, queueList } from '@centralita/contract';
import { request } from '../session/api-client.ts';

/** Names to filter by; their schemas are the largest of the contract, and only this screen asks. */
export const listQueues = (signal?: AbortSignal) => request('GET', '/api/queues', { answer: queueList, signal });
export const listAgents = (signal?: AbortSignal) => request('GET', '/api/agents', { answer: agentList, signal });
