import type { Command } from './commands.ts';
import type { TelephonyEvent } from './events.ts';
import type { CommandAnswer, EngineLoad, SwitchSnapshot } from './port.ts';

/**
 * The line protocol between control and switch over the Unix socket `switch.sock`: one JSON object per line, at most 1 MiB.
 * Control speaks first (`hello`); the switch answers with `welcome`, then replays events after `committedSeq` or sends a snapshot.
 */
export type ToSwitch =
  | { readonly type: 'hello'; readonly version: 1; readonly epoch: number; readonly committedSeq: number }
  | { readonly type: 'command'; readonly id: string; readonly epoch: number; readonly command: Command }
  | { readonly type: 'acknowledge'; readonly seq: number }
  | { readonly type: 'snapshot-request'; readonly id: string }
  | { readonly type: 'trace-request'; readonly id: string; readonly legId: string }
  | { readonly type: 'take-calls'; readonly taking: boolean }
  | { readonly type: 'drain'; readonly deadlineMs: number };

export type FromSwitch =
  | { readonly type: 'welcome'; readonly version: 1; readonly switchId: string; readonly seq: number }
  | { readonly type: 'answer'; readonly id: string; readonly answer: CommandAnswer }
  | { readonly type: 'event'; readonly event: TelephonyEvent }
  /** `replayFrom` left out: it answers a request. Given: the buffer no longer reached back, later events follow. */
  | { readonly type: 'snapshot'; readonly id?: string; readonly snapshot: SwitchSnapshot }
  | { readonly type: 'trace'; readonly id: string; readonly trace: string | null }
  | { readonly type: 'load'; readonly load: EngineLoad };

export const MAX_LINE_BYTES = 1_048_576;
