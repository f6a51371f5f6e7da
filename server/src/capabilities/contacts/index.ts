export { type Caller, CallerLookup, type ContactTable, digitsOf, type KnownCaller } from './application/caller-lookup.ts';
