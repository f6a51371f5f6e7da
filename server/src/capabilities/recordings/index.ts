export { deleteOldRecordings } from './application/delete-old-recordings.ts';
export { adoptOrphans, beginRecording, keepRecording, keepWaiting, keepWhatIsLeft } from './application/keep-recording.ts';
export type { RecordingDeps, RecordingFile, RecordingState, RecordingTable } from './application/ports.ts';
