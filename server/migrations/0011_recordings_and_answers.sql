-- Keys, recordings at rest, and answers kept for repeated requests.

-- One key per account, wrapped with the installation's key in data/secrets: the database alone opens nothing.
create table account_keys (
  account text primary key references accounts (account),
  wrapped bytea not null,
  created_at timestamptz not null default now()
);

-- One row per recording, from its beginning: the floor's events say when it ran, this says where its sound is.
create table recording_files (
  recording_id text primary key,
  account text not null references accounts (account),
  conversation_id text,
  state text not null check (state in ('running', 'claimed', 'ready', 'failed', 'deleted')),
  -- Relative to the recordings folder; null once deleted.
  file text,
  started_at timestamptz not null,
  duration_ms integer,
  -- Of the sound, not of the encrypted file.
  bytes bigint,
  failure text,
  claimed_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index recording_files_conversation on recording_files (account, conversation_id);
create index recording_files_age on recording_files (account, started_at) where state <> 'deleted';

-- Answers by Idempotency-Key, kept for a day. `answer` is null while the first request runs.
create table kept_answers (
  account text not null references accounts (account),
  user_id text not null references users (user_id) on delete cascade,
  key text not null,
  fingerprint bytea not null,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index kept_answers_age on kept_answers (created_at);

call protect_account_rows('account_keys');
call protect_account_rows('recording_files');
call protect_account_rows('kept_answers');
grant select, insert on account_keys to app;
grant select, insert, update on recording_files to app;
grant select on recording_files to floor;
grant select, insert, update, delete on kept_answers to app;
