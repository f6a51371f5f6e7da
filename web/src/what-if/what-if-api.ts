import { queueList, realDay, whatIfAnswer, whatIfDays, whatIfProgress, type WhatIfQuestion } from '@centralita/contract';
import { request } from '../session/api-client.ts';

export const listQueues = (signal: AbortSignal) => request('GET', '/api/queues', { answer: queueList, signal });
export const listDays = (queueId: string, signal: AbortSignal) => request('GET', `/api/what-if/days?queueId=${encodeURIComponent(queueId)}`, { answer: whatIfDays, signal });
export const readDay = (queueId: string, date: string, signal: AbortSignal) => request('GET', `/api/what-if/days/${date}?queueId=${encodeURIComponent(queueId)}`, { answer: realDay, signal });
export const readProgress = (signal: AbortSignal) => request('GET', '/api/what-if/progress', { answer: whatIfProgress, signal });
/** Leaving ends the simulation on the server too. */
export const askWhatIf = (body: WhatIfQuestion, signal: AbortSignal) => request('POST', '/api/what-if', { body, answer: whatIfAnswer, signal });
