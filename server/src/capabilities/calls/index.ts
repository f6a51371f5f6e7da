export { call, RETURN_LIMIT_MS } from './domain/call.ts';
export type { Call, CallCommand, CallEvent, CallRefusal, Destination, DialingCall, DialTarget, HoldingCall, OpenCall, OtherSide, ReconnectingCall, TalkingCall } from './domain/call.ts';
export { isAnswered, leg } from './domain/leg.ts';
export type { Leg, LegCommand, LegEvent, LegQuality, LegRole, LegVia } from './domain/leg.ts';
export { recording } from './domain/recording.ts';
export type { Recording, RecordingCommand, RecordingEvent } from './domain/recording.ts';
export { CAUSE_OF, DIAL_REFUSALS } from './domain/turned-away.ts';
export type { DialRefusal, EntryRefusal, TurnedAwayEvent } from './domain/turned-away.ts';
