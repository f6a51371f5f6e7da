import { assertNever, decided, type Decider, refused } from '@centralita/kernel';
import type { BridgeId, CallId, ConversationId, Instant, LegId, QueueId, RecordingId, UserId } from '@centralita/kernel';

/*
 *   recording-begun ──► running ◄── recording-paused / recording-continued ──► paused
 *                          └──────────── recording-stopped ──► stopping ◄──┘
 *   every state ── recording-completed | recording-lost ──► (gone: the recordings capability has its row)
 */

interface RecordingFacts {
  readonly recordingId: RecordingId;
  readonly callId: CallId;
  readonly conversationId: ConversationId;
  readonly startedAt: Instant;
}
export type Recording = RecordingFacts & { readonly state: 'running' | 'paused' | 'stopping' };

interface RecordingEventFacts {
  readonly recordingId: RecordingId;
  readonly callId: CallId;
  readonly conversationId: ConversationId;
  readonly at: Instant;
}
export type RecordingEvent =
  | (RecordingEventFacts & { readonly type: 'recording-begun'; readonly bridgeId: BridgeId; readonly customerLegId: LegId; readonly agentId: UserId; readonly queueId: QueueId | null })
  | (RecordingEventFacts & { readonly type: 'recording-paused'; readonly agentId: UserId })
  | (RecordingEventFacts & { readonly type: 'recording-continued'; readonly agentId: UserId })
  | (RecordingEventFacts & { readonly type: 'recording-stopped' })
  | (RecordingEventFacts & { readonly type: 'recording-completed'; readonly file: string; readonly durationMs: number; readonly bytes: number })
  | (RecordingEventFacts & { readonly type: 'recording-lost'; readonly reason: string; readonly file: string | null });

export type RecordingCommand =
  | { readonly type: 'begin'; readonly recordingId: RecordingId; readonly callId: CallId; readonly conversationId: ConversationId; readonly bridgeId: BridgeId; readonly customerLegId: LegId; readonly agentId: UserId; readonly queueId: QueueId | null }
  | { readonly type: 'pause'; readonly agentId: UserId }
  | { readonly type: 'continue'; readonly agentId: UserId }
  | { readonly type: 'stop' }
  | { readonly type: 'complete'; readonly file: string; readonly durationMs: number; readonly bytes: number }
  | { readonly type: 'lose'; readonly reason: string; readonly file: string | null };

export type RecordingRefusal = 'not-found' | 'not-allowed-now';

export const recording: Decider<Recording, RecordingCommand, RecordingEvent, RecordingRefusal> = {
  decide(state, command, { now: at }) {
    if (!state) return command.type === 'begin' ? decided({ ...command, type: 'recording-begun', at }) : refused('not-found');
    const which = { recordingId: state.recordingId, callId: state.callId, conversationId: state.conversationId, at };
    switch (command.type) {
      case 'begin':
        return refused('not-allowed-now');
      case 'pause':
        return state.state === 'running' ? decided({ ...which, type: 'recording-paused', agentId: command.agentId }) : refused('not-allowed-now');
      case 'continue':
        return state.state === 'paused' ? decided({ ...which, type: 'recording-continued', agentId: command.agentId }) : refused('not-allowed-now');
      case 'stop':
        return state.state === 'stopping' ? refused('not-allowed-now') : decided({ ...which, type: 'recording-stopped' });
      case 'complete':
        return decided({ ...which, type: 'recording-completed', file: command.file, durationMs: command.durationMs, bytes: command.bytes });
      case 'lose':
        return decided({ ...which, type: 'recording-lost', reason: command.reason, file: command.file });
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'recording-begun':
        return { state: 'running', recordingId: event.recordingId, callId: event.callId, conversationId: event.conversationId, startedAt: event.at };
      case 'recording-paused':
        return state && { ...state, state: 'paused' };
      case 'recording-continued':
        return state && { ...state, state: 'running' };
      case 'recording-stopped':
        return state && { ...state, state: 'stopping' };
      case 'recording-completed':
      case 'recording-lost':
        return undefined;
      default:
        return assertNever(event);
    }
  },
};
