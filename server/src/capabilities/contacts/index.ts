export { type Caller, CallerLookup, type ContactTable, digitsOf, type KnownCaller } from './application/caller-lookup.ts';
export { forgetOldMessages, type OldContactMessages } from './application/forget-old-messages.ts';
