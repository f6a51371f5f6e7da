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
