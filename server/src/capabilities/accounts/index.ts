export type { AuditNote, ChangeConfiguration, ConfigurationRefusal, Edit, Editor, FloorChange, ReadConfiguration, Sql } from './application/change-configuration.ts';
export type { AgentRow, Queue, QueueSettings, Reach, Skill } from './application/ports.ts';
export { showRetention, type Retention, type RetentionDeps } from './application/change-retention.ts';
export { type AccountKey, type AccountKeys, derivedKey, drawSigningSecret, open, openSigningKey, seal } from './application/seal.ts';
export type * from './domain/floor-configuration.ts';
