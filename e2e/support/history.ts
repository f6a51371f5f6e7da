import type { ConversationPage, ConversationRow } from '@centralita/contract';
import type { Api } from './api.ts';

/** Every row of the history, page by page. */
export async function allConversations(owner: Api): Promise<ConversationRow[]> {
  const rows: ConversationRow[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: ConversationPage = await owner.get(`/api/conversations?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`);
    rows.push(...page.items);
    cursor = page.nextCursor;
  }
  return rows;
}
