export type { Conversation, ConversationEvent, Segment } from './domain/conversation.ts';
export type { PartyRef } from './domain/party.ts';
