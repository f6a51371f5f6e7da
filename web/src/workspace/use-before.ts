import type { ConversationRow } from '@centralita/contract';
import { useQuery } from '@tanstack/react-query';
import { api } from '../session/api.ts';

/** What was said before with a number, latest first, without the conversation of now; null while it is being read. */
export function useBefore(conversationId: string, number: string): readonly ConversationRow[] | null {
  const { data, isPending } = useQuery({ queryKey: ['before', number], queryFn: ({ signal }) => api.conversations({ number: number.replace(/\D/g, ''), limit: 6 }, signal), enabled: number !== '' });
  if (isPending && number !== '') return null;
  return (data?.items ?? []).filter((row) => row.conversationId !== conversationId).slice(0, 5);
}
