-- What history and figures read. The first part is made of the journal's turns by one function, asynchronously, with its
-- position in the same transaction (`projection_positions`, name 'interactions'): it may be dropped and is rebuilt equal. The
-- second part is what people write afterwards: it is never rebuilt, and refers to conversations by id alone, so that a rebuild
-- does not touch it. `first_seq` is the turn that made a row.
--
-- Numbers and names of people outside are references into `journal_personal`, joined when read, so that erasing works.

create table conversations (
  conversation_id text primary key,
  account text not null references accounts (account),
  call_id text not null,
  direction text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  customer_number_ref text,
  customer_name_ref text,
  dialled_ref text,
  number_id text,
  -- The latest queue and segment, and who spoke with the customer last.
  queue_id text,
  segment_id text,
  agent_id text,
  -- Internal calls: the colleague rung.
  colleague_id text,
  answered_at timestamptz,
  wait_ms bigint,
  -- Holds included.
  connected_ms bigint,
  hold_ms bigint not null,
  after_service_ms bigint,
  customer_mos double precision,
  menu_path text[] not null,
  ending text,
  ended_by text,
  first_seq bigint not null
);
create index conversations_newest on conversations (account, started_at desc, conversation_id desc);
create index conversations_of_customer on conversations (account, customer_number_ref);

-- One stay in one queue with the talk and the after-service that followed; queue figures count these.
create table segments (
  segment_id text primary key,
  account text not null references accounts (account),
  conversation_id text not null,
  queue_id text not null,
  reason text not null,
  priority bigint not null,
  agent_id text,
  offer_id text,
  queued_at timestamptz not null,
  -- The queue's service-level threshold at that moment.
  threshold_ms bigint,
  wait_ms bigint,
  answered_at timestamptz,
  left_at timestamptz,
  connected_ms bigint not null,
  hold_ms bigint not null,
  after_service_ms bigint not null,
  after_service_id text,
  after_service_reason text,
  ending text,
  overflow_reason text,
  overflow_queue_id text,
  first_seq bigint not null
);
create index segments_by_time on segments (account, queued_at);
create index segments_of_conversation on segments (conversation_id);

-- One agent's part in one conversation, unanswered dialled calls included.
create table participations (
  participation_id text primary key,
  account text not null references accounts (account),
  conversation_id text not null,
  agent_id text not null,
  -- Of the conversation.
  started_at timestamptz not null,
  from_at timestamptz not null,
  to_at timestamptz,
  mos double precision,
  first_seq bigint not null
);
create index participations_of_agent on participations (account, agent_id, started_at desc);
create index participations_of_conversation on participations (conversation_id);

-- Why this agent was rung: its rank, a count per reason for those passed over, at most ten runners-up.
create table offers (
  offer_id text primary key,
  account text not null references accounts (account),
  conversation_id text not null,
  segment_id text not null,
  queue_id text not null,
  agent_id text not null,
  offered_at timestamptz not null,
  waited_ms bigint not null,
  selection text not null,
  skill_level integer not null,
  idle_ms bigint not null,
  queue_priority integer not null,
  passed_over jsonb not null,
  runners_up jsonb not null,
  ended_at timestamptz,
  ending text,
  ended_by text,
  ring_ms bigint,
  withdrawal text,
  first_seq bigint not null
);
create index offers_of_conversation on offers (conversation_id);

-- When recordings ran. Where their files are is in `recording_files`.
create table recordings (
  recording_id text primary key,
  account text not null references accounts (account),
  conversation_id text not null,
  call_id text not null,
  agent_id text not null,
  queue_id text,
  state text not null,
  started_at timestamptz not null,
  stopped_at timestamptz,
  duration_ms bigint,
  bytes bigint,
  file text,
  failure text,
  first_seq bigint not null
);
create index recordings_of_conversation on recordings (conversation_id);

-- An agent's time, without gap from sign-in to sign-out: the sum of the lengths is the signed-in time.
create table agent_intervals (
  account text not null references accounts (account),
  agent_id text not null,
  activity text not null,
  status_id text not null,
  takes_queue_work boolean not null,
  queue_id text,
  conversation_id text,
  from_at timestamptz not null,
  to_at timestamptz,
  first_seq bigint not null,
  primary key (agent_id, from_at)
);
create index agent_intervals_by_time on agent_intervals (account, from_at);
create index agent_intervals_open on agent_intervals (account, agent_id) where to_at is null;

create table timeline_entries (
  account text not null references accounts (account),
  conversation_id text not null,
  -- Among the events of the turn `first_seq`.
  place integer not null,
  at timestamptz not null,
  kind text not null,
  -- Facts ending in Ref are references to personal values.
  facts jsonb not null,
  first_seq bigint not null,
  primary key (conversation_id, first_seq, place)
);

-- What projecting must know of the configuration as of its position: thresholds of queues, statuses that take queue work.
create table projection_rules (
  rule_id text not null,
  account text not null references accounts (account),
  entity text not null,
  value jsonb not null,
  first_seq bigint not null,
  primary key (account, rule_id)
);

do $$
declare
  projected text;
begin
  foreach projected in array array['conversations', 'segments', 'participations', 'offers', 'recordings', 'agent_intervals', 'timeline_entries', 'projection_rules'] loop
    execute format('call protect_account_rows(%L)', projected);
    execute format('grant select on %I to app', projected);
    execute format('grant select, insert, update, delete on %I to floor', projected);
  end loop;
end $$;

-- What people write about a conversation. No foreign key: a rebuild removes and makes the projected rows again.

create table conversation_notes (
  note_id text primary key,
  account text not null references accounts (account),
  conversation_id text not null,
  author_id text not null references users (user_id),
  -- The note of the after-service form is one per person and conversation, and is saved as it is typed.
  after_service boolean not null default false,
  text text not null,
  written_at timestamptz not null default now(),
  edited_at timestamptz
);
create index conversation_notes_of_conversation on conversation_notes (conversation_id);
create unique index conversation_notes_after_service on conversation_notes (conversation_id, author_id) where after_service;

create table conversation_tags (
  account text not null references accounts (account),
  conversation_id text not null,
  tag text not null,
  tagged_by text not null references users (user_id),
  tagged_at timestamptz not null default now(),
  primary key (conversation_id, tag)
);
create index conversation_tags_by_tag on conversation_tags (account, tag);

create table conversation_outcomes (
  conversation_id text primary key,
  account text not null references accounts (account),
  outcome text not null,
  decided_by text not null references users (user_id),
  decided_at timestamptz not null default now()
);
create index conversation_outcomes_by_outcome on conversation_outcomes (account, outcome);

do $$
declare
  written text;
begin
  foreach written in array array['conversation_notes', 'conversation_tags', 'conversation_outcomes'] loop
    execute format('call protect_account_rows(%L)', written);
    execute format('grant select, insert, update, delete on %I to app', written);
  end loop;
end $$;
