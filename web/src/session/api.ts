import {
  callPage,
  conversationPage,
  conversationView,
  demoState,
  feedTicket,
  guestCall,
  noteView,
  recordingLink,
  sessionView,
  softphoneRegistration,
  type AfterServiceForm,
  type ConversationFilter,
  type MeCall,
} from '@centralita/contract';
import { request } from './api-client.ts';

/** The addresses this app asks for. Those of one screen alone, with heavy schemas, are beside that screen. */
const at = (strings: TemplateStringsArray, ...parts: readonly string[]): string => String.raw({ raw: strings }, ...parts.map(encodeURIComponent));

export const api = {
  session: (signal?: AbortSignal) => request('GET', '/api/session', { answer: sessionView, signal }),
  signIn: (email: string, password: string) => request('POST', '/api/session', { body: { email, password }, answer: sessionView }),
  signOut: () => request('DELETE', '/api/session'),
  registerSoftphone: () => request('POST', '/api/softphone/registration', { answer: softphoneRegistration }),
  feedTicket: () => request('POST', '/api/feed/tickets', { answer: feedTicket }),

  chooseStatus: (statusId: string) => request('PUT', '/api/me/status', { body: { statusId } }),
  returnFromNotAnswering: () => request('POST', '/api/me/return'),
  declineOffer: (offerId: string) => request('POST', at`/api/offers/${offerId}/decline`),
  callAction: (callId: string, action: Exclude<MeCall['allowedActions'][number], 'send-digits'>) => request('POST', at`/api/calls/${callId}/${action}`),
  sendDigits: (callId: string, digits: string) => request('POST', at`/api/calls/${callId}/digits`, { body: { digits } }),

  conversations: (filter: Partial<ConversationFilter>, signal?: AbortSignal) => request('GET', `/api/conversations?${queryOf(filter)}`, { answer: conversationPage, signal }),
  conversation: (conversationId: string, signal?: AbortSignal) => request('GET', at`/api/conversations/${conversationId}`, { answer: conversationView, signal }),
  saveAfterService: (conversationId: string, form: AfterServiceForm, keepalive = false) => request('PUT', at`/api/conversations/${conversationId}/after-service`, { body: form, keepalive }),
  finishAfterService: (afterServiceId: string) => request('POST', at`/api/after-service/${afterServiceId}/finish`),
  addNote: (conversationId: string, text: string) => request('POST', at`/api/conversations/${conversationId}/notes`, { body: { text }, answer: noteView }),
  setTags: (conversationId: string, tags: readonly string[]) => request('PUT', at`/api/conversations/${conversationId}/tags`, { body: { tags } }),
  setOutcome: (conversationId: string, outcome: string | null) => request('PUT', at`/api/conversations/${conversationId}/outcome`, { body: { outcome } }),
  recordingLink: (recordingId: string) => request('POST', at`/api/recordings/${recordingId}/link`, { answer: recordingLink }),

  runDemo: (running: boolean) => request('POST', '/api/demo', { body: { running }, answer: demoState }),
  callPage: (slug: string, signal?: AbortSignal) => request('GET', at`/api/public/${slug}`, { answer: callPage, signal }),
  guestCall: (slug: string, idempotencyKey: string) => request('POST', at`/api/public/${slug}/guest-calls`, { answer: guestCall, idempotencyKey }),
};

function queryOf(filter: Partial<ConversationFilter>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) {
    if (value !== undefined && value !== '') query.set(key, String(value));
  }
  return query.toString();
}
