export { adoptOrphans, beginRecording, deleteOldRecordings, keepRecording, keepWhatIsLeft } from './application/keep-recording.ts';
export type { RecordingDeps, RecordingFile, RecordingState, RecordingTable } from './application/ports.ts';
