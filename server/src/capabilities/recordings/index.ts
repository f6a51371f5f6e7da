export { deleteOldRecordings } from './application/delete-old-recordings.ts';
export { beginRecording, keepRecording, keepWaiting, keepWhatIsLeft, orphans } from './application/keep-recording.ts';
export type { RecordingDeps, RecordingFile, RecordingState, RecordingTable } from './application/ports.ts';
