import {
  afterServiceForm,
  conversationFilter,
  conversationPage,
  conversationView,
  noteRequest,
  noteView,
  outcomeRequest,
  type Permission,
  scopeOf,
  tagsRequest,
} from '@centralita/contract';
import { z } from 'zod';
import { route, type Route, type SignedIn } from '../../../http/route.ts';
import { editNote } from '../application/edit-note.ts';
import { listConversations } from '../application/list-conversations.ts';
import type { Annotations, History, Viewer } from '../application/ports.ts';
import { saveAfterServiceForm } from '../application/save-after-service-form.ts';
import { setOutcome } from '../application/set-outcome.ts';
import { setTags } from '../application/set-tags.ts';
import { showConversation } from '../application/show-conversation.ts';
import { writeNote } from '../application/write-note.ts';

const params = z.object({ conversationId: z.string().max(40) });

export interface ConversationRouteDeps {
  readonly history: History;
  readonly annotations: Annotations;
}

const viewerOf = ({ account, userId, scope }: SignedIn): Viewer => ({ account, userId, scope });
/** Another permission of the same person, as far as it reaches. */
const alsoAs = (who: SignedIn, permission: Permission) => scopeOf(who.role, permission);

export function conversationRoutes(deps: ConversationRouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/conversations',
      summary: "History in the reader's scope, newest first",
      permission: 'conversations:read',
      letGoWith: 'reports',
      schema: { query: conversationFilter, response: conversationPage },
      handler: ({ who, query }) => listConversations(deps, viewerOf(who), query),
      view: (page) => page,
    }),
    route({
      method: 'GET',
      url: '/api/conversations/:conversationId',
      summary: 'One conversation: people, timeline, why its agent was chosen, notes, recordings',
      permission: 'conversations:read',
      letGoWith: 'reports',
      schema: { params, response: conversationView },
      handler: ({ who, params: { conversationId } }) => {
        const scopes = { writeNotes: alsoAs(who, 'conversations:write-notes'), playRecordings: alsoAs(who, 'recordings:play'), downloadTraces: alsoAs(who, 'traces:download') };
        return showConversation(deps, viewerOf(who), scopes, conversationId);
      },
      view: (conversation) => conversation,
    }),
    ...writingRoutes(deps),
  ];
}

/** S0.8: what people write about a conversation. */
function writingRoutes(deps: ConversationRouteDeps): readonly Route[] {
  return [
    route({
      method: 'PUT',
      url: '/api/conversations/:conversationId/after-service',
      summary: 'The after-service form as a whole; saved as it is typed',
      permission: 'conversations:write-notes',
      schema: { params, body: afterServiceForm },
      handler: ({ who, params: { conversationId }, body }) => saveAfterServiceForm(deps, viewerOf(who), conversationId, body),
    }),
    route({
      method: 'POST',
      url: '/api/conversations/:conversationId/notes',
      summary: 'Add a note',
      permission: 'conversations:write-notes',
      schema: { params, body: noteRequest, response: noteView },
      status: 201,
      idempotent: true,
      handler: ({ who, params: { conversationId }, body }) => writeNote(deps, viewerOf(who), conversationId, body.text),
      view: (note) => note,
    }),
    route({
      method: 'PUT',
      url: '/api/conversations/:conversationId/notes/:noteId',
      summary: "Change one's own note",
      permission: 'conversations:write-notes',
      schema: { params: params.extend({ noteId: z.string().max(40) }), body: noteRequest, response: noteView },
      handler: ({ who, params: { noteId }, body }) => editNote(deps, viewerOf(who), noteId, body.text),
      view: (note) => note,
    }),
    route({
      method: 'PUT',
      url: '/api/conversations/:conversationId/tags',
      summary: 'Set the tags',
      permission: 'conversations:write-notes',
      schema: { params, body: tagsRequest },
      handler: ({ who, params: { conversationId }, body }) => setTags(deps, viewerOf(who), conversationId, body.tags),
    }),
    route({
      method: 'PUT',
      url: '/api/conversations/:conversationId/outcome',
      summary: 'Set or clear the outcome',
      permission: 'conversations:write-notes',
      schema: { params, body: outcomeRequest },
      handler: ({ who, params: { conversationId }, body }) => setOutcome(deps, viewerOf(who), conversationId, body.outcome),
    }),
  ];
}
