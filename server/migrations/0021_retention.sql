-- How long things are kept, what must be kept longer, and what a restart must not forget of strangers.

-- Days. The floor reads them too: it removes its own journal.
alter table accounts
  add column journal_kept_days integer not null default 90 check (journal_kept_days between 7 and 3650),
  add column recordings_kept_days integer not null default 365 check (recordings_kept_days between 1 and 3650),
  add column retention_version integer not null default 1;

-- A conversation that somebody needs as evidence: retention leaves its recordings alone.
create table legal_holds (
  conversation_id text primary key,
  account text not null references accounts (account),
  reason text not null,
  placed_by text not null references users (user_id),
  placed_at timestamptz not null default now()
);
call protect_account_rows('legal_holds');
grant select, insert, update, delete on legal_holds to app;

-- A deleted recording whose file may still be there (`deleted_at` is set once it is gone): a killed round is finished by the next.
create index recording_files_to_remove on recording_files (account) where state = 'deleted' and deleted_at is null;

-- What retention asks before it removes turns: which conversations still run, and which personal values history still shows.
create index conversations_running on conversations (account, first_seq) where ended_at is null;
create index conversations_of_name on conversations (account, customer_name_ref) where customer_name_ref is not null;
create index conversations_dialled on conversations (account, dialled_ref) where dialled_ref is not null;
create index timeline_entries_of_digit on timeline_entries (account, (facts ->> 'digitRef')) where facts ->> 'digitRef' is not null;
create index timeline_entries_dialled on timeline_entries (account, (facts ->> 'dialledRef')) where facts ->> 'dialledRef' is not null;

create index audit_newest on audit (account, id desc);

-- Where a guest's call comes from, for as long as its credential lives (a minute).
alter table devices add column guest_address text;

-- Failed sign-ins, of the installation: before somebody has signed in there is no account. Digests of address and e-mail, so
-- that the table says nothing; rows go after half an hour.
create table sign_in_failures (
  who bytea primary key,
  count integer not null,
  last_at timestamptz not null
);
grant select, insert, update, delete on sign_in_failures to app;
