export { conversation } from './domain/conversation.ts';
export type { Conversation, ConversationCommand, ConversationEvent, ConversationRefusal, Segment } from './domain/conversation.ts';
export type { PartyRef } from './domain/party.ts';
