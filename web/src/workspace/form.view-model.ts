import type { AfterServiceForm, ConversationView } from '@centralita/contract';

/** The form as the server has it: this person's own note (the last one, if several), tags and outcome. */
export function formFromServer(conversation: Pick<ConversationView, 'notes' | 'tags' | 'outcome'>, userId: string): AfterServiceForm {
  const own = conversation.notes.filter((note) => note.authorId === userId).at(-1);
  return { note: own?.text ?? '', tags: [...conversation.tags], outcome: conversation.outcome };
}
