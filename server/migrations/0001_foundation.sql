-- What every other table stands on: accounts and their lock, the journal of live decisions, the outbox, the audit.
-- Three roles meet here. `owner` runs migrations, backup and restore, and owns the tables. `app` is the program: it sees the
-- rows of the account that its transaction named (row-level security), and of no account when it named none. `floor` writes
-- the journal and the projections and takes in every account's rows. Neither `app` nor `floor` may bypass row-level security.

revoke create on schema public from public;
grant usage on schema public to app, floor;

-- Named per transaction by set_config('centralita.account', …, true); null outside, which equals nothing.
create function current_account() returns text
  language sql stable parallel safe
  as $$ select nullif(current_setting('centralita.account', true), '') $$;

-- The pattern for a table with an `account` column: call protect_account_rows('calls') in the migration that makes it, then
-- grant app and floor what they need.
create procedure protect_account_rows(of_account regclass)
  language plpgsql
  as $$
  begin
    execute format('alter table %s enable row level security', of_account);
    execute format('create policy by_account on %s to app using (account = current_account()) with check (account = current_account())', of_account);
    execute format('create policy every_account on %s to floor using (true) with check (true)', of_account);
  end
  $$;
revoke all on procedure protect_account_rows(regclass) from public;

create table accounts (
  account text primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  name text not null,
  time_zone text not null,
  language text not null check (language in ('es', 'en')),
  -- Its telephony is simulated: its figures are never mixed with real ones.
  simulated boolean not null default false,
  created_at timestamptz not null default now()
);
call protect_account_rows('accounts');
grant select, insert, update on accounts to app;
grant select on accounts to floor;

-- Facts of the installation, not of an account.
create table settings (
  key text primary key,
  value jsonb not null
);
grant select, insert, update, delete on settings to app;
grant select on settings to floor;

-- Who decides for an account. An epoch is drawn at each taking and never used again.
create table floor_leases (
  account text primary key references accounts (account),
  epoch bigint not null check (epoch > 0),
  owner text not null,
  taken_at timestamptz not null default now()
);
alter table floor_leases enable row level security;
create policy every_account on floor_leases to floor using (true) with check (true);
grant select, insert, update on floor_leases to floor;

-- One row per turn. Never updated; deleted only by retention.
create table journal (
  account text not null references accounts (account),
  seq bigint not null check (seq > 0),
  epoch bigint not null,
  at timestamptz not null,
  decider_version integer not null,
  input jsonb not null,
  seed text not null,
  events jsonb not null,
  effects jsonb not null,
  timers jsonb not null,
  closed_effects jsonb not null,
  primary key (account, seq)
);
create index journal_at on journal using brin (at);
call protect_account_rows('journal');
grant select on journal to app;
grant select, insert, delete on journal to floor;

-- The fence. FOR SHARE makes the taking of a lease wait for appends in flight, and appends that come later see the new epoch:
-- once a lease is taken, nothing of the epoch before can still reach the journal.
create function refuse_fenced_turns() returns trigger
  language plpgsql
  as $$
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
  $$;
create trigger fence after insert on journal
  referencing new table as appended
  for each statement execute function refuse_fenced_turns();

-- Names, numbers and digits that the journal mentions by reference, so that erasing a person rewrites no history.
create table journal_personal (
  account text not null references accounts (account),
  ref text not null,
  value text not null,
  -- The turn that first met it.
  seq bigint not null,
  primary key (account, ref)
);
create index journal_personal_seq on journal_personal (account, seq);
call protect_account_rows('journal_personal');
grant select, update, delete on journal_personal to app;
grant select, insert, update, delete on journal_personal to floor;

create table snapshots (
  account text not null references accounts (account),
  seq bigint not null,
  schema_version integer not null,
  taken_at timestamptz not null,
  state bytea not null,
  primary key (account, seq)
);
-- The floor compresses what it writes.
alter table snapshots alter column state set storage external;
alter table snapshots enable row level security;
create policy every_account on snapshots to floor using (true) with check (true);
grant select, insert, update, delete on snapshots to floor;

-- Changes of configuration for the floor, written in the transaction that makes the change. Read by the xid8 horizon: ids are
-- drawn before the commit, so "id > last" loses rows (measured: 360 of 4,000 with 8 writers, 0 by horizon).
create table outbox (
  account text not null references accounts (account),
  tx xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity primary key,
  entity text not null,
  entity_id text not null,
  -- The whole new value; null when the entity is gone.
  value jsonb
);
create index outbox_in_order on outbox (account, tx, id);
call protect_account_rows('outbox');
grant select, insert on outbox to app;
grant select, delete on outbox to floor;

-- A wake-up only; the rows are the truth, and a missed wake-up is made good by the next read.
create function announce_outbox() returns trigger
  language plpgsql
  as $$
  begin
    perform pg_notify('outbox', account) from (select distinct account from written) w;
    return null;
  end
  $$;
create trigger announce after insert on outbox
  referencing new table as written
  for each statement execute function announce_outbox();

-- How far each projection has come, written in the transaction of its rows.
create table projection_positions (
  name text not null,
  account text not null references accounts (account),
  seq bigint not null,
  primary key (name, account)
);
call protect_account_rows('projection_positions');
grant select on projection_positions to app;
grant select, insert, update, delete on projection_positions to floor;

-- Who did what. Rows are added and read, never changed: not by the program, nor by the tables' owner.
create table audit (
  account text not null references accounts (account),
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- A user's id, or the name of the part of the program that acted by itself.
  actor text not null,
  -- Past tense, as the events: 'queue-changed', 'signed-in'.
  action text not null,
  entity text,
  entity_id text,
  before jsonb,
  after jsonb,
  request_id text,
  address text
);
create index audit_at on audit (account, at);
create index audit_of_entity on audit (account, entity, entity_id, at);
call protect_account_rows('audit');
grant select, insert on audit to app, floor;

create function refuse_change() returns trigger
  language plpgsql
  as $$
  begin
    raise exception '% rows are never changed', tg_table_name using errcode = 'CT002';
  end
  $$;
create trigger append_only before update or delete or truncate on audit
  for each statement execute function refuse_change();
create trigger never_rewritten before update on journal
  for each statement execute function refuse_change();
