-- Written by `node tools/dump-schema/main.ts` after the last migration; a test compares it. To read, not to run.

create table account_keys (
  account text not null,
  wrapped bytea not null,
  created_at timestamp with time zone not null default now(),
  constraint account_keys_pkey PRIMARY KEY (account),
  constraint account_keys_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
alter table account_keys enable row level security;
create policy by_account on account_keys for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on account_keys for all to floor using (true) with check (true);
grant insert, select on account_keys to app;

create table accounts (
  account text not null,
  slug text not null,
  name text not null,
  time_zone text not null,
  language text not null,
  simulated boolean not null default false,
  created_at timestamp with time zone not null default now(),
  journal_kept_days integer not null default 90,
  recordings_kept_days integer not null default 365,
  retention_version integer not null default 1,
  constraint accounts_pkey PRIMARY KEY (account),
  constraint accounts_slug_key UNIQUE (slug),
  constraint accounts_journal_kept_days_check CHECK (((journal_kept_days >= 7) AND (journal_kept_days <= 3650))),
  constraint accounts_language_check CHECK ((language = ANY (ARRAY['es'::text, 'en'::text]))),
  constraint accounts_recordings_kept_days_check CHECK (((recordings_kept_days >= 1) AND (recordings_kept_days <= 3650))),
  constraint accounts_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'::text))
);
alter table accounts enable row level security;
create policy by_account on accounts for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on accounts for all to floor using (true) with check (true);
grant insert, select, update on accounts to app;
grant select on accounts to floor;

create table agent_intervals (
  account text not null,
  agent_id text not null,
  activity text not null,
  status_id text not null,
  takes_queue_work boolean not null,
  queue_id text,
  conversation_id text,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone,
  first_seq bigint not null,
  constraint agent_intervals_pkey PRIMARY KEY (agent_id, from_at)
);
CREATE INDEX agent_intervals_by_time ON public.agent_intervals USING btree (account, from_at);
CREATE INDEX agent_intervals_open ON public.agent_intervals USING btree (account, agent_id) WHERE (to_at IS NULL);
alter table agent_intervals enable row level security;
create policy by_account on agent_intervals for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on agent_intervals for all to floor using (true) with check (true);
grant delete, insert, select, update on agent_intervals to floor;
grant select on agent_intervals to app;

create table agent_skills (
  account text not null,
  user_id text not null,
  skill_id text not null,
  level smallint not null,
  constraint agent_skills_pkey PRIMARY KEY (user_id, skill_id),
  constraint agent_skills_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint agent_skills_skill_id_fkey FOREIGN KEY (skill_id) REFERENCES skills(skill_id),
  constraint agent_skills_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE,
  constraint agent_skills_level_check CHECK (((level >= 1) AND (level <= 5)))
);
alter table agent_skills enable row level security;
create policy by_account on agent_skills for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on agent_skills for all to floor using (true) with check (true);
grant delete, insert, select, update on agent_skills to app;
grant select on agent_skills to floor;

create table audit (
  account text not null,
  id bigint not null generated always as identity,
  at timestamp with time zone not null default now(),
  actor text not null,
  action text not null,
  entity text,
  entity_id text,
  before jsonb,
  after jsonb,
  request_id text,
  address text,
  constraint audit_pkey PRIMARY KEY (id),
  constraint audit_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
CREATE INDEX audit_at ON public.audit USING btree (account, at);
CREATE INDEX audit_newest ON public.audit USING btree (account, id DESC);
CREATE INDEX audit_of_entity ON public.audit USING btree (account, entity, entity_id, at);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
alter table audit enable row level security;
create policy by_account on audit for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on audit for all to floor using (true) with check (true);
grant insert, select on audit to app;
grant insert, select on audit to floor;

create table call_pages (
  slug text not null,
  account text not null,
  number_id text not null,
  open boolean not null default true,
  recording_notice boolean not null default true,
  language text not null default 'es'::text,
  calls_per_address_per_minute integer not null default 6,
  calls_at_once integer not null default 10,
  version integer not null default 1,
  constraint call_pages_pkey PRIMARY KEY (slug),
  constraint call_pages_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint call_pages_number_id_fkey FOREIGN KEY (number_id) REFERENCES numbers(number_id),
  constraint call_pages_language_check CHECK ((language = ANY (ARRAY['es'::text, 'en'::text])))
);
alter table call_pages enable row level security;
create policy by_account on call_pages for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on call_pages for all to floor using (true) with check (true);
grant delete, insert, select, update on call_pages to app;
grant select on call_pages to floor;

create table contact_sources (
  source_id text not null,
  account text not null,
  name text not null,
  secret bytea not null,
  version integer not null default 1,
  created_at timestamp with time zone not null default now(),
  constraint contact_sources_pkey PRIMARY KEY (source_id),
  constraint contact_sources_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
CREATE UNIQUE INDEX contact_sources_name ON public.contact_sources USING btree (account, lower(name));
alter table contact_sources enable row level security;
create policy by_account on contact_sources for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on contact_sources for all to floor using (true) with check (true);
grant delete, insert, select, update on contact_sources to app;

create table contacts (
  contact_id text not null,
  account text not null,
  name text not null,
  numbers text[] not null default '{}'::text[],
  created_at timestamp with time zone not null default now(),
  version integer not null default 1,
  constraint contacts_pkey PRIMARY KEY (contact_id),
  constraint contacts_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
CREATE INDEX contacts_numbers ON public.contacts USING gin (numbers);
alter table contacts enable row level security;
create policy by_account on contacts for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on contacts for all to floor using (true) with check (true);
grant delete, insert, select, update on contacts to app;
grant select on contacts to floor;

create table conversation_notes (
  note_id text not null,
  account text not null,
  conversation_id text not null,
  author_id text not null,
  after_service boolean not null default false,
  text text not null,
  written_at timestamp with time zone not null default now(),
  edited_at timestamp with time zone,
  constraint conversation_notes_pkey PRIMARY KEY (note_id),
  constraint conversation_notes_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint conversation_notes_author_id_fkey FOREIGN KEY (author_id) REFERENCES users(user_id)
);
CREATE INDEX conversation_notes_of_conversation ON public.conversation_notes USING btree (conversation_id);
CREATE UNIQUE INDEX conversation_notes_after_service ON public.conversation_notes USING btree (conversation_id, author_id) WHERE after_service;
alter table conversation_notes enable row level security;
create policy by_account on conversation_notes for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on conversation_notes for all to floor using (true) with check (true);
grant delete, insert, select, update on conversation_notes to app;

create table conversation_outcomes (
  conversation_id text not null,
  account text not null,
  outcome text not null,
  decided_by text not null,
  decided_at timestamp with time zone not null default now(),
  constraint conversation_outcomes_pkey PRIMARY KEY (conversation_id),
  constraint conversation_outcomes_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint conversation_outcomes_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES users(user_id)
);
CREATE INDEX conversation_outcomes_by_outcome ON public.conversation_outcomes USING btree (account, outcome);
alter table conversation_outcomes enable row level security;
create policy by_account on conversation_outcomes for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on conversation_outcomes for all to floor using (true) with check (true);
grant delete, insert, select, update on conversation_outcomes to app;

create table conversation_tags (
  account text not null,
  conversation_id text not null,
  tag text not null,
  tagged_by text not null,
  tagged_at timestamp with time zone not null default now(),
  constraint conversation_tags_pkey PRIMARY KEY (conversation_id, tag),
  constraint conversation_tags_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint conversation_tags_tagged_by_fkey FOREIGN KEY (tagged_by) REFERENCES users(user_id)
);
CREATE INDEX conversation_tags_by_tag ON public.conversation_tags USING btree (account, tag);
alter table conversation_tags enable row level security;
create policy by_account on conversation_tags for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on conversation_tags for all to floor using (true) with check (true);
grant delete, insert, select, update on conversation_tags to app;

create table conversations (
  conversation_id text not null,
  account text not null,
  call_id text not null,
  direction text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  customer_number_ref text,
  customer_name_ref text,
  dialled_ref text,
  number_id text,
  queue_id text,
  segment_id text,
  agent_id text,
  colleague_id text,
  answered_at timestamp with time zone,
  wait_ms bigint,
  connected_ms bigint,
  hold_ms bigint not null,
  after_service_ms bigint,
  customer_mos double precision,
  menu_path text[] not null,
  ending text,
  ended_by text,
  first_seq bigint not null,
  customer_kind text not null default 'phone'::text,
  constraint conversations_pkey PRIMARY KEY (conversation_id),
  constraint conversations_customer_kind_check CHECK ((customer_kind = ANY (ARRAY['phone'::text, 'web'::text])))
);
CREATE INDEX conversations_dialled ON public.conversations USING btree (account, dialled_ref) WHERE (dialled_ref IS NOT NULL);
CREATE INDEX conversations_newest ON public.conversations USING btree (account, started_at DESC, conversation_id DESC);
CREATE INDEX conversations_of_customer ON public.conversations USING btree (account, customer_number_ref);
CREATE INDEX conversations_of_name ON public.conversations USING btree (account, customer_name_ref) WHERE (customer_name_ref IS NOT NULL);
CREATE INDEX conversations_running ON public.conversations USING btree (account, first_seq) WHERE (ended_at IS NULL);
alter table conversations enable row level security;
create policy by_account on conversations for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on conversations for all to floor using (true) with check (true);
grant delete, insert, select, update on conversations to floor;
grant select on conversations to app;

create table devices (
  device_id text not null,
  account text not null,
  user_id text,
  session_id text,
  kind text not null,
  username text not null,
  secret bytea not null,
  only_number text,
  contact text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  guest_address text,
  constraint devices_pkey PRIMARY KEY (device_id),
  constraint devices_username_key UNIQUE (username),
  constraint devices_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint devices_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(session_id) ON DELETE CASCADE,
  constraint devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE,
  constraint devices_kind_check CHECK ((kind = ANY (ARRAY['browser'::text, 'phone'::text, 'guest'::text])))
);
CREATE INDEX devices_expiring ON public.devices USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX devices_of_user ON public.devices USING btree (user_id);
alter table devices enable row level security;
create policy by_account on devices for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on devices for all to floor using (true) with check (true);
grant delete, insert, select, update on devices to app;

create table floor_leases (
  account text not null,
  epoch bigint not null,
  owner text not null,
  taken_at timestamp with time zone not null default now(),
  constraint floor_leases_pkey PRIMARY KEY (account),
  constraint floor_leases_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint floor_leases_epoch_check CHECK ((epoch > 0))
);
alter table floor_leases enable row level security;
create policy every_account on floor_leases for all to floor using (true) with check (true);
grant insert, select, update on floor_leases to floor;

create table flows (
  flow_id text not null,
  version integer not null,
  account text not null,
  name text not null,
  definition jsonb not null,
  published boolean not null default true,
  created_at timestamp with time zone not null default now(),
  created_by text,
  constraint flows_pkey PRIMARY KEY (flow_id, version),
  constraint flows_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
CREATE INDEX flows_of_account ON public.flows USING btree (account);
alter table flows enable row level security;
create policy by_account on flows for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on flows for all to floor using (true) with check (true);
grant insert, select on flows to app;
grant select on flows to floor;

create table group_members (
  account text not null,
  group_id text not null,
  user_id text not null,
  constraint group_members_pkey PRIMARY KEY (group_id, user_id),
  constraint group_members_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint group_members_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups(group_id) ON DELETE CASCADE,
  constraint group_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE
);
CREATE INDEX group_members_user ON public.group_members USING btree (user_id);
alter table group_members enable row level security;
create policy by_account on group_members for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on group_members for all to floor using (true) with check (true);
grant delete, insert, select, update on group_members to app;
grant select on group_members to floor;

create table group_supervisors (
  account text not null,
  group_id text not null,
  user_id text not null,
  constraint group_supervisors_pkey PRIMARY KEY (group_id, user_id),
  constraint group_supervisors_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint group_supervisors_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups(group_id) ON DELETE CASCADE,
  constraint group_supervisors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE
);
CREATE INDEX group_supervisors_user ON public.group_supervisors USING btree (user_id);
alter table group_supervisors enable row level security;
create policy by_account on group_supervisors for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on group_supervisors for all to floor using (true) with check (true);
grant delete, insert, select, update on group_supervisors to app;
grant select on group_supervisors to floor;

create table groups (
  group_id text not null,
  account text not null,
  name text not null,
  outgoing_calls boolean,
  version integer not null default 1,
  constraint groups_pkey PRIMARY KEY (group_id),
  constraint groups_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
CREATE UNIQUE INDEX groups_name ON public.groups USING btree (account, lower(name));
alter table groups enable row level security;
create policy by_account on groups for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on groups for all to floor using (true) with check (true);
grant delete, insert, select, update on groups to app;
grant select on groups to floor;

create table journal (
  account text not null,
  seq bigint not null,
  epoch bigint not null,
  at timestamp with time zone not null,
  decider_version integer not null,
  input json not null,
  seed text not null,
  events json not null,
  effects json not null,
  timers json not null,
  closed_effects json not null,
  constraint journal_pkey PRIMARY KEY (account, seq),
  constraint journal_seq_check CHECK ((seq > 0))
);
CREATE INDEX journal_at ON public.journal USING brin (at);
CREATE TRIGGER fence AFTER INSERT ON public.journal REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION refuse_fenced_turns();
CREATE TRIGGER never_rewritten BEFORE UPDATE ON public.journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
alter table journal enable row level security;
create policy by_account on journal for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on journal for all to floor using (true) with check (true);
grant delete, insert, select on journal to floor;
grant select on journal to app;

create table journal_personal (
  account text not null,
  ref text not null,
  value text not null,
  seq bigint not null,
  constraint journal_personal_pkey PRIMARY KEY (account, ref)
);
CREATE INDEX journal_personal_digits ON public.journal_personal USING btree (account, regexp_replace(value, '\D'::text, ''::text, 'g'::text));
CREATE INDEX journal_personal_seq ON public.journal_personal USING btree (account, seq);
alter table journal_personal enable row level security;
create policy by_account on journal_personal for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on journal_personal for all to floor using (true) with check (true);
grant delete, insert, select, update on journal_personal to floor;
grant delete, select, update on journal_personal to app;

create table kept_answers (
  account text not null,
  user_id text not null,
  key text not null,
  fingerprint bytea not null,
  answer jsonb,
  created_at timestamp with time zone not null default now(),
  constraint kept_answers_pkey PRIMARY KEY (user_id, key),
  constraint kept_answers_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint kept_answers_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE
);
CREATE INDEX kept_answers_age ON public.kept_answers USING btree (created_at);
alter table kept_answers enable row level security;
create policy by_account on kept_answers for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on kept_answers for all to floor using (true) with check (true);
grant delete, insert, select, update on kept_answers to app;

create table legal_holds (
  conversation_id text not null,
  account text not null,
  reason text not null,
  placed_by text not null,
  placed_at timestamp with time zone not null default now(),
  constraint legal_holds_pkey PRIMARY KEY (conversation_id),
  constraint legal_holds_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint legal_holds_placed_by_fkey FOREIGN KEY (placed_by) REFERENCES users(user_id)
);
alter table legal_holds enable row level security;
create policy by_account on legal_holds for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on legal_holds for all to floor using (true) with check (true);
grant delete, insert, select, update on legal_holds to app;

create table numbers (
  number_id text not null,
  account text not null,
  number text not null,
  flow_id text not null,
  trunk_id text,
  public boolean not null default false,
  version integer not null default 1,
  constraint numbers_pkey PRIMARY KEY (number_id),
  constraint numbers_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint numbers_trunk_id_fkey FOREIGN KEY (trunk_id) REFERENCES trunks(trunk_id)
);
CREATE UNIQUE INDEX numbers_number ON public.numbers USING btree (account, number, COALESCE(trunk_id, ''::text));
CREATE UNIQUE INDEX numbers_public ON public.numbers USING btree (number) WHERE public;
alter table numbers enable row level security;
create policy by_account on numbers for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on numbers for all to floor using (true) with check (true);
grant delete, insert, select, update on numbers to app;
grant select on numbers to floor;

create table offers (
  offer_id text not null,
  account text not null,
  conversation_id text not null,
  segment_id text not null,
  queue_id text not null,
  agent_id text not null,
  offered_at timestamp with time zone not null,
  waited_ms bigint not null,
  selection text not null,
  skill_level integer not null,
  idle_ms bigint not null,
  queue_priority integer not null,
  passed_over jsonb not null,
  runners_up jsonb not null,
  ended_at timestamp with time zone,
  ending text,
  ended_by text,
  ring_ms bigint,
  withdrawal text,
  first_seq bigint not null,
  constraint offers_pkey PRIMARY KEY (offer_id)
);
CREATE INDEX offers_of_conversation ON public.offers USING btree (conversation_id);
alter table offers enable row level security;
create policy by_account on offers for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on offers for all to floor using (true) with check (true);
grant delete, insert, select, update on offers to floor;
grant select on offers to app;

create table outbox (
  account text not null,
  tx xid8 not null default pg_current_xact_id(),
  id bigint not null generated always as identity,
  entity text not null,
  entity_id text not null,
  value jsonb,
  at timestamp with time zone not null default now(),
  constraint outbox_pkey PRIMARY KEY (id),
  constraint outbox_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
CREATE INDEX outbox_in_order ON public.outbox USING btree (account, tx, id);
CREATE TRIGGER announce AFTER INSERT ON public.outbox REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox();
alter table outbox enable row level security;
create policy by_account on outbox for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on outbox for all to floor using (true) with check (true);
grant delete, select on outbox to floor;
grant insert, select on outbox to app;

create table outcomes (
  account text not null,
  name text not null,
  "position" integer not null default 0,
  constraint outcomes_pkey PRIMARY KEY (account, name),
  constraint outcomes_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
alter table outcomes enable row level security;
create policy by_account on outcomes for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on outcomes for all to floor using (true) with check (true);
grant delete, insert, select, update on outcomes to app;
grant select on outcomes to floor;

create table participations (
  participation_id text not null,
  account text not null,
  conversation_id text not null,
  agent_id text not null,
  started_at timestamp with time zone not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone,
  mos double precision,
  first_seq bigint not null,
  constraint participations_pkey PRIMARY KEY (participation_id)
);
CREATE INDEX participations_of_agent ON public.participations USING btree (account, agent_id, started_at DESC);
CREATE INDEX participations_of_conversation ON public.participations USING btree (conversation_id);
alter table participations enable row level security;
create policy by_account on participations for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on participations for all to floor using (true) with check (true);
grant delete, insert, select, update on participations to floor;
grant select on participations to app;

create table past_snapshots (
  account text not null,
  seq bigint not null,
  schema_version integer not null,
  taken_at timestamp with time zone not null,
  state bytea not null,
  constraint past_snapshots_pkey PRIMARY KEY (account, seq),
  constraint past_snapshots_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
alter table past_snapshots enable row level security;
create policy every_account on past_snapshots for all to floor using (true) with check (true);
grant delete, insert, select on past_snapshots to floor;

create table projection_positions (
  name text not null,
  account text not null,
  seq bigint not null,
  constraint projection_positions_pkey PRIMARY KEY (name, account),
  constraint projection_positions_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
alter table projection_positions enable row level security;
create policy by_account on projection_positions for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on projection_positions for all to floor using (true) with check (true);
grant delete, insert, select, update on projection_positions to floor;
grant select on projection_positions to app;

create table projection_rules (
  rule_id text not null,
  account text not null,
  entity text not null,
  value jsonb not null,
  first_seq bigint not null,
  constraint projection_rules_pkey PRIMARY KEY (account, rule_id)
);
alter table projection_rules enable row level security;
create policy by_account on projection_rules for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on projection_rules for all to floor using (true) with check (true);
grant delete, insert, select, update on projection_rules to floor;
grant select on projection_rules to app;

create table queue_members (
  account text not null,
  queue_id text not null,
  user_id text not null,
  priority smallint not null default 1,
  constraint queue_members_pkey PRIMARY KEY (queue_id, user_id),
  constraint queue_members_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint queue_members_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queues(queue_id) ON DELETE CASCADE,
  constraint queue_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE,
  constraint queue_members_priority_check CHECK (((priority >= 1) AND (priority <= 10)))
);
CREATE INDEX queue_members_user ON public.queue_members USING btree (user_id);
alter table queue_members enable row level security;
create policy by_account on queue_members for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on queue_members for all to floor using (true) with check (true);
grant delete, insert, select, update on queue_members to app;
grant select on queue_members to floor;

create table queue_supervisors (
  account text not null,
  queue_id text not null,
  user_id text not null,
  constraint queue_supervisors_pkey PRIMARY KEY (queue_id, user_id),
  constraint queue_supervisors_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint queue_supervisors_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queues(queue_id) ON DELETE CASCADE,
  constraint queue_supervisors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE
);
alter table queue_supervisors enable row level security;
create policy by_account on queue_supervisors for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on queue_supervisors for all to floor using (true) with check (true);
grant delete, insert, select, update on queue_supervisors to app;
grant select on queue_supervisors to floor;

create table queues (
  queue_id text not null,
  account text not null,
  name text not null,
  settings jsonb not null,
  deleted_at timestamp with time zone,
  version integer not null default 1,
  constraint queues_pkey PRIMARY KEY (queue_id),
  constraint queues_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
CREATE UNIQUE INDEX queues_name ON public.queues USING btree (account, lower(name)) WHERE (deleted_at IS NULL);
alter table queues enable row level security;
create policy by_account on queues for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on queues for all to floor using (true) with check (true);
grant delete, insert, select, update on queues to app;
grant select on queues to floor;

create table recording_files (
  recording_id text not null,
  account text not null,
  conversation_id text,
  state text not null,
  file text,
  started_at timestamp with time zone not null,
  duration_ms integer,
  bytes bigint,
  failure text,
  claimed_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint recording_files_pkey PRIMARY KEY (recording_id),
  constraint recording_files_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint recording_files_state_check CHECK ((state = ANY (ARRAY['running'::text, 'claimed'::text, 'ready'::text, 'failed'::text, 'deleted'::text])))
);
CREATE INDEX recording_files_age ON public.recording_files USING btree (account, started_at) WHERE (state <> 'deleted'::text);
CREATE INDEX recording_files_conversation ON public.recording_files USING btree (account, conversation_id);
CREATE INDEX recording_files_to_remove ON public.recording_files USING btree (account) WHERE ((state = 'deleted'::text) AND (deleted_at IS NULL));
alter table recording_files enable row level security;
create policy by_account on recording_files for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on recording_files for all to floor using (true) with check (true);
grant insert, select, update on recording_files to app;
grant select on recording_files to floor;

create table recordings (
  recording_id text not null,
  account text not null,
  conversation_id text not null,
  call_id text not null,
  agent_id text not null,
  queue_id text,
  state text not null,
  started_at timestamp with time zone not null,
  stopped_at timestamp with time zone,
  duration_ms bigint,
  bytes bigint,
  file text,
  failure text,
  first_seq bigint not null,
  constraint recordings_pkey PRIMARY KEY (recording_id)
);
CREATE INDEX recordings_of_conversation ON public.recordings USING btree (conversation_id);
alter table recordings enable row level security;
create policy by_account on recordings for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on recordings for all to floor using (true) with check (true);
grant delete, insert, select, update on recordings to floor;
grant select on recordings to app;

create table retired_flows (
  flow_id text not null,
  account text not null,
  retired_at timestamp with time zone not null default now(),
  constraint retired_flows_pkey PRIMARY KEY (flow_id),
  constraint retired_flows_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
alter table retired_flows enable row level security;
create policy by_account on retired_flows for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on retired_flows for all to floor using (true) with check (true);
grant insert, select on retired_flows to app;
grant select on retired_flows to floor;

create table schema_migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (number)
);

create table segments (
  segment_id text not null,
  account text not null,
  conversation_id text not null,
  queue_id text not null,
  reason text not null,
  priority bigint not null,
  agent_id text,
  offer_id text,
  queued_at timestamp with time zone not null,
  threshold_ms bigint,
  wait_ms bigint,
  answered_at timestamp with time zone,
  left_at timestamp with time zone,
  connected_ms bigint not null,
  hold_ms bigint not null,
  after_service_ms bigint not null,
  after_service_id text,
  after_service_reason text,
  ending text,
  overflow_reason text,
  overflow_queue_id text,
  first_seq bigint not null,
  constraint segments_pkey PRIMARY KEY (segment_id)
);
CREATE INDEX segments_by_time ON public.segments USING btree (account, queued_at);
CREATE INDEX segments_of_conversation ON public.segments USING btree (conversation_id);
alter table segments enable row level security;
create policy by_account on segments for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on segments for all to floor using (true) with check (true);
grant delete, insert, select, update on segments to floor;
grant select on segments to app;

create table sessions (
  session_id text not null,
  account text not null,
  user_id text not null,
  token_hash bytea not null,
  created_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint sessions_pkey PRIMARY KEY (session_id),
  constraint sessions_token_hash_key UNIQUE (token_hash),
  constraint sessions_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE
);
CREATE INDEX sessions_of_user ON public.sessions USING btree (user_id) WHERE (ended_at IS NULL);
CREATE INDEX sessions_over ON public.sessions USING btree (account, ended_at) WHERE (ended_at IS NOT NULL);
alter table sessions enable row level security;
create policy by_account on sessions for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on sessions for all to floor using (true) with check (true);
grant delete, insert, select, update on sessions to app;

create table settings (
  key text not null,
  value jsonb not null,
  constraint settings_pkey PRIMARY KEY (key)
);
grant delete, insert, select, update on settings to app;
grant select on settings to floor;

create table sign_in_failures (
  who bytea not null,
  count integer not null,
  last_at timestamp with time zone not null,
  constraint sign_in_failures_pkey PRIMARY KEY (who)
);
grant delete, insert, select, update on sign_in_failures to app;

create table skills (
  skill_id text not null,
  account text not null,
  name text not null,
  version integer not null default 1,
  constraint skills_pkey PRIMARY KEY (skill_id),
  constraint skills_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
CREATE UNIQUE INDEX skills_name ON public.skills USING btree (account, lower(name));
alter table skills enable row level security;
create policy by_account on skills for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on skills for all to floor using (true) with check (true);
grant delete, insert, select, update on skills to app;
grant select on skills to floor;

create table snapshots (
  account text not null,
  seq bigint not null,
  schema_version integer not null,
  taken_at timestamp with time zone not null,
  state bytea not null,
  constraint snapshots_pkey PRIMARY KEY (account, seq),
  constraint snapshots_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
alter table snapshots enable row level security;
create policy every_account on snapshots for all to floor using (true) with check (true);
grant delete, insert, select, update on snapshots to floor;

create table source_contacts (
  source_id text not null,
  external_id text not null,
  account text not null,
  contact_id text,
  changed_at timestamp with time zone not null,
  message_id text not null,
  taken_at timestamp with time zone not null,
  constraint source_contacts_pkey PRIMARY KEY (source_id, external_id),
  constraint source_contacts_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint source_contacts_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(contact_id) ON DELETE SET NULL,
  constraint source_contacts_source_id_fkey FOREIGN KEY (source_id) REFERENCES contact_sources(source_id) ON DELETE CASCADE
);
CREATE INDEX source_contacts_of_contact ON public.source_contacts USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE INDEX source_contacts_removed ON public.source_contacts USING btree (account, taken_at) WHERE (contact_id IS NULL);
alter table source_contacts enable row level security;
create policy by_account on source_contacts for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on source_contacts for all to floor using (true) with check (true);
grant delete, insert, select, update on source_contacts to app;

create table source_messages (
  source_id text not null,
  message_id text not null,
  account text not null,
  taken_at timestamp with time zone not null,
  constraint source_messages_pkey PRIMARY KEY (source_id, message_id),
  constraint source_messages_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint source_messages_source_id_fkey FOREIGN KEY (source_id) REFERENCES contact_sources(source_id) ON DELETE CASCADE
);
CREATE INDEX source_messages_taken ON public.source_messages USING btree (account, taken_at);
alter table source_messages enable row level security;
create policy by_account on source_messages for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on source_messages for all to floor using (true) with check (true);
grant delete, insert, select, update on source_messages to app;

create table statuses (
  status_id text not null,
  account text not null,
  names jsonb not null,
  icon text not null,
  takes_queue_work boolean not null,
  "position" integer not null,
  version integer not null default 1,
  constraint statuses_pkey PRIMARY KEY (status_id),
  constraint statuses_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
alter table statuses enable row level security;
create policy by_account on statuses for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on statuses for all to floor using (true) with check (true);
grant delete, insert, select, update on statuses to app;
grant select on statuses to floor;

create table tags (
  account text not null,
  name text not null,
  "position" integer not null default 0,
  constraint tags_pkey PRIMARY KEY (account, name),
  constraint tags_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
alter table tags enable row level security;
create policy by_account on tags for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on tags for all to floor using (true) with check (true);
grant delete, insert, select, update on tags to app;
grant select on tags to floor;

create table timeline_entries (
  account text not null,
  conversation_id text not null,
  place integer not null,
  at timestamp with time zone not null,
  kind text not null,
  facts jsonb not null,
  first_seq bigint not null,
  constraint timeline_entries_pkey PRIMARY KEY (conversation_id, first_seq, place)
);
CREATE INDEX timeline_entries_dialled ON public.timeline_entries USING btree (account, ((facts ->> 'dialledRef'::text))) WHERE ((facts ->> 'dialledRef'::text) IS NOT NULL);
CREATE INDEX timeline_entries_of_digit ON public.timeline_entries USING btree (account, ((facts ->> 'digitRef'::text))) WHERE ((facts ->> 'digitRef'::text) IS NOT NULL);
alter table timeline_entries enable row level security;
create policy by_account on timeline_entries for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on timeline_entries for all to floor using (true) with check (true);
grant delete, insert, select, update on timeline_entries to floor;
grant select on timeline_entries to app;

create table trunks (
  trunk_id text not null,
  account text not null,
  name text not null,
  settings jsonb not null,
  secret bytea,
  version integer not null default 1,
  constraint trunks_pkey PRIMARY KEY (trunk_id),
  constraint trunks_account_fkey FOREIGN KEY (account) REFERENCES accounts(account)
);
CREATE UNIQUE INDEX trunks_name ON public.trunks USING btree (account, lower(name));
alter table trunks enable row level security;
create policy by_account on trunks for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on trunks for all to floor using (true) with check (true);
grant delete, insert, select, update on trunks to app;

create table users (
  user_id text not null,
  account text not null,
  name text not null,
  email text not null,
  role text not null,
  password_hash text not null,
  language text not null default 'es'::text,
  time_zone text not null default 'America/Lima'::text,
  extension text,
  outgoing_calls boolean not null default false,
  blocked_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  version integer not null default 1,
  constraint users_pkey PRIMARY KEY (user_id),
  constraint users_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint users_language_check CHECK ((language = ANY (ARRAY['es'::text, 'en'::text]))),
  constraint users_role_check CHECK ((role = ANY (ARRAY['agent'::text, 'supervisor'::text, 'manager'::text, 'administrator'::text, 'owner'::text])))
);
CREATE UNIQUE INDEX users_email ON public.users USING btree (lower(email));
CREATE UNIQUE INDEX users_extension ON public.users USING btree (account, extension) WHERE (extension IS NOT NULL);
alter table users enable row level security;
create policy by_account on users for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on users for all to floor using (true) with check (true);
grant delete, insert, select, update on users to app;
grant select (account) on users to floor;
grant select (blocked_at) on users to floor;
grant select (extension) on users to floor;
grant select (language) on users to floor;
grant select (name) on users to floor;
grant select (outgoing_calls) on users to floor;
grant select (role) on users to floor;
grant select (time_zone) on users to floor;
grant select (user_id) on users to floor;

create table webhook_deliveries (
  delivery_id text not null,
  account text not null,
  webhook_id text not null,
  type text not null,
  occurred_at timestamp with time zone not null,
  revision bigint not null,
  conversation_id text,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  due_at timestamp with time zone,
  last_attempt_at timestamp with time zone,
  last_status integer,
  last_failure text,
  constraint webhook_deliveries_pkey PRIMARY KEY (delivery_id),
  constraint webhook_deliveries_webhook_id_revision_key UNIQUE (webhook_id, revision),
  constraint webhook_deliveries_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint webhook_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks(webhook_id) ON DELETE CASCADE,
  constraint webhook_deliveries_check CHECK (((state = 'waiting'::text) = (due_at IS NOT NULL))),
  constraint webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'dead'::text])))
);
CREATE INDEX webhook_deliveries_dead ON public.webhook_deliveries USING btree (webhook_id, revision) INCLUDE (account) WHERE (state = 'dead'::text);
CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (webhook_id, due_at) INCLUDE (account) WHERE (state = 'waiting'::text);
CREATE INDEX webhook_deliveries_old ON public.webhook_deliveries USING btree (account, occurred_at);
alter table webhook_deliveries enable row level security;
create policy by_account on webhook_deliveries for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on webhook_deliveries for all to floor using (true) with check (true);
grant delete, insert, select, update on webhook_deliveries to app;

create table webhooks (
  webhook_id text not null,
  account text not null,
  url text not null,
  events text[] not null,
  active boolean not null,
  stopped text,
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamp with time zone,
  read_up_to bigint not null,
  failures integer not null default 0,
  failing_since timestamp with time zone,
  backoff_until timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  version integer not null default 1,
  constraint webhooks_pkey PRIMARY KEY (webhook_id),
  constraint webhooks_account_fkey FOREIGN KEY (account) REFERENCES accounts(account),
  constraint webhooks_stopped_check CHECK ((stopped = ANY (ARRAY['gone'::text, 'failing'::text])))
);
alter table webhooks enable row level security;
create policy by_account on webhooks for all to app using ((account = current_account())) with check ((account = current_account()));
create policy every_account on webhooks for all to floor using (true) with check (true);
grant delete, insert, select, update on webhooks to app;

-- functions
CREATE OR REPLACE FUNCTION public.announce_outbox()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    perform pg_notify('outbox', account) from (select distinct account from written) w;
    return null;
  end
  $function$
;
CREATE OR REPLACE FUNCTION public.call_page_account(wanted_slug text)
 RETURNS TABLE(account text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select p.account from call_pages p where p.slug = wanted_slug $function$
;
grant execute on call_page_account(text) to app;
CREATE OR REPLACE FUNCTION public.contact_source_account(wanted text)
 RETURNS TABLE(account text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select s.account from contact_sources s where s.source_id = wanted $function$
;
grant execute on contact_source_account(text) to app;
CREATE OR REPLACE FUNCTION public.contacts_with(wanted text[])
 RETURNS TABLE(number text, contact_id text, name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 1
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    select distinct on (n.number) n.number, c.contact_id, c.name
    from unnest(wanted) as n (number) join contacts c on c.numbers @> array[n.number] and c.account = current_account()
    order by n.number, c.created_at
  $function$
;
grant execute on contacts_with(text[]) to app;
CREATE OR REPLACE FUNCTION public.current_account()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('centralita.account', true), '') $function$
;
CREATE OR REPLACE PROCEDURE public.protect_account_rows(IN of_account regclass)
 LANGUAGE plpgsql
AS $procedure$
  begin
    execute format('alter table %s enable row level security', of_account);
    execute format('create policy by_account on %s to app using (account = current_account()) with check (account = current_account())', of_account);
    execute format('create policy every_account on %s to floor using (true) with check (true)', of_account);
  end
  $procedure$
;
CREATE OR REPLACE FUNCTION public.public_number_elsewhere(wanted text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select exists (select from numbers n where n.number = wanted and n.public and n.account <> current_account()) $function$
;
grant execute on public_number_elsewhere(text) to app;
CREATE OR REPLACE FUNCTION public.reachable_queues(viewer text, scope text)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE
AS $function$
    select q.queue_id from queues q where scope = 'account'
    union
    select m.queue_id from queue_members m where m.user_id = viewer and scope = 'own'
    union
    select s.queue_id from queue_supervisors s where s.user_id = viewer and scope in ('group', 'queue')
  $function$
;
CREATE OR REPLACE FUNCTION public.reachable_users(viewer text, scope text)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE
AS $function$
    select u.user_id from users u where scope = 'account'
    union
    select viewer where scope <> 'account'
    union
    select m.user_id from group_supervisors s join group_members m using (group_id) where s.user_id = viewer and scope in ('group', 'queue')
  $function$
;
CREATE OR REPLACE FUNCTION public.references_of_number(digits text)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 10
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select p.ref from journal_personal p where p.account = current_account() and regexp_replace(p.value, '\D', '', 'g') = digits $function$
;
grant execute on references_of_number(text) to app;
CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    raise exception '% rows are never changed', tg_table_name using errcode = 'CT002';
  end
  $function$
;
CREATE OR REPLACE FUNCTION public.refuse_fenced_turns()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  declare
    fenced record;
  begin
    perform 1 from floor_leases l where l.account in (select a.account from appended a) order by l.account for share;
    select a.account, a.seq, a.epoch, l.epoch as held into fenced
      from appended a left join floor_leases l on l.account = a.account
      where l.epoch is distinct from a.epoch
      limit 1;
    if found then
      raise exception 'turn % of % has epoch %, the lease has %', fenced.seq, fenced.account, fenced.epoch, fenced.held using errcode = 'CT001';
    end if;
    return null;
  end
  $function$
;
CREATE OR REPLACE FUNCTION public.session_holder(wanted_hash bytea)
 RETURNS TABLE(session_id text, account text, user_id text, role text, language text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    select s.session_id, s.account, s.user_id, u.role, u.language
    from sessions s join users u on u.user_id = s.user_id
    where s.token_hash = wanted_hash and s.ended_at is null and s.expires_at > now() and u.blocked_at is null
  $function$
;
grant execute on session_holder(bytea) to app;
CREATE OR REPLACE FUNCTION public.sign_in_candidate(wanted_email text)
 RETURNS TABLE(user_id text, account text, password_hash text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select u.user_id, u.account, u.password_hash from users u where lower(u.email) = lower(wanted_email) and u.blocked_at is null $function$
;
grant execute on sign_in_candidate(text) to app;
