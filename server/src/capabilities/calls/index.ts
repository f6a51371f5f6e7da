export type { Call, CallEvent, DialingCall, DialRefusal, DialTarget, HoldingCall, OpenCall, OtherSide, ReconnectingCall, TalkingCall } from './domain/call.ts';
export { DIAL_REFUSALS } from './domain/call.ts';
export type { Leg, LegEvent, LegQuality, LegRole, LegVia } from './domain/leg.ts';
export type { Recording, RecordingEvent } from './domain/recording.ts';
