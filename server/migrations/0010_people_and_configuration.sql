-- People, what they may be offered, and how calls reach them. Everything an administrator edits has a `version` that grows by
-- one with each change (ETag). Settings that only the floor and the screens read are one jsonb, shaped by `contract`.

create table users (
  user_id text primary key,
  account text not null references accounts (account),
  name text not null,
  email text not null,
  role text not null check (role in ('agent', 'supervisor', 'manager', 'administrator', 'owner')),
  password_hash text not null,
  language text not null default 'es' check (language in ('es', 'en')),
  time_zone text not null default 'America/Lima',
  extension text,
  outgoing_calls boolean not null default false,
  blocked_at timestamptz,
  created_at timestamptz not null default now(),
  version integer not null default 1
);
-- One e-mail address signs in to one account, so it is unique in the installation.
create unique index users_email on users (lower(email));
create unique index users_extension on users (account, extension) where extension is not null;

-- The cookie holds the only copy of the token; here is its SHA-256.
create table sessions (
  session_id text primary key,
  account text not null references accounts (account),
  user_id text not null references users (user_id) on delete cascade,
  token_hash bytea not null unique,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_of_user on sessions (user_id) where ended_at is null;

create table groups (
  group_id text primary key,
  account text not null references accounts (account),
  name text not null,
  outgoing_calls boolean,
  version integer not null default 1
);
create unique index groups_name on groups (account, lower(name));

create table group_members (
  account text not null references accounts (account),
  group_id text not null references groups (group_id) on delete cascade,
  user_id text not null references users (user_id) on delete cascade,
  primary key (group_id, user_id)
);
create index group_members_user on group_members (user_id);

create table group_supervisors (
  account text not null references accounts (account),
  group_id text not null references groups (group_id) on delete cascade,
  user_id text not null references users (user_id) on delete cascade,
  primary key (group_id, user_id)
);
create index group_supervisors_user on group_supervisors (user_id);

-- `names` holds the name in each language: {"es": "Disponible", "en": "Available"} (S3.5, D6).
create table statuses (
  status_id text primary key,
  account text not null references accounts (account),
  names jsonb not null,
  icon text not null,
  takes_queue_work boolean not null,
  position integer not null,
  version integer not null default 1
);

create table skills (
  skill_id text primary key,
  account text not null references accounts (account),
  name text not null,
  version integer not null default 1
);
create unique index skills_name on skills (account, lower(name));

create table agent_skills (
  account text not null references accounts (account),
  user_id text not null references users (user_id) on delete cascade,
  skill_id text not null references skills (skill_id),
  level smallint not null check (level between 1 and 5),
  primary key (user_id, skill_id)
);

-- A queue that goes keeps its row: history shows its name.
create table queues (
  queue_id text primary key,
  account text not null references accounts (account),
  name text not null,
  settings jsonb not null,
  deleted_at timestamptz,
  version integer not null default 1
);
create unique index queues_name on queues (account, lower(name)) where deleted_at is null;

create table queue_members (
  account text not null references accounts (account),
  queue_id text not null references queues (queue_id) on delete cascade,
  user_id text not null references users (user_id) on delete cascade,
  priority smallint not null default 1 check (priority between 1 and 10),
  primary key (queue_id, user_id)
);
create index queue_members_user on queue_members (user_id);

-- Queues a supervisor answers for (S0.20, S0.21).
create table queue_supervisors (
  account text not null references accounts (account),
  queue_id text not null references queues (queue_id) on delete cascade,
  user_id text not null references users (user_id) on delete cascade,
  primary key (queue_id, user_id)
);

-- Versions of a flow are never changed, only followed by the next one.
create table flows (
  flow_id text not null,
  version integer not null,
  account text not null references accounts (account),
  name text not null,
  definition jsonb not null,
  published boolean not null default true,
  created_at timestamptz not null default now(),
  created_by text,
  primary key (flow_id, version)
);
create index flows_of_account on flows (account);
-- Flows that are no longer offered; their versions stay, since calls of the past name them.
create table retired_flows (
  flow_id text primary key,
  account text not null references accounts (account),
  retired_at timestamptz not null default now()
);

create table trunks (
  trunk_id text primary key,
  account text not null references accounts (account),
  name text not null,
  -- Without the registration's password, which is in `secret`, sealed with the account's key.
  settings jsonb not null,
  secret bytea,
  version integer not null default 1
);
create unique index trunks_name on trunks (account, lower(name));

create table numbers (
  number_id text primary key,
  account text not null references accounts (account),
  number text not null,
  flow_id text not null,
  trunk_id text references trunks (trunk_id),
  public boolean not null default false,
  version integer not null default 1
);
create unique index numbers_number on numbers (account, number, coalesce(trunk_id, ''));
-- Calls from loopback carry no trunk, so a public number names its account by itself.
create unique index numbers_public on numbers (number) where public;

create table devices (
  device_id text primary key,
  account text not null references accounts (account),
  user_id text references users (user_id) on delete cascade,
  session_id text references sessions (session_id) on delete cascade,
  kind text not null check (kind in ('browser', 'phone', 'guest')),
  username text not null unique,
  -- The SIP password sealed with the account's key: the switch needs it again after it restarts.
  secret bytea not null,
  only_number text,
  contact text,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index devices_of_user on devices (user_id);
create index devices_expiring on devices (expires_at) where expires_at is not null;

create table contacts (
  contact_id text primary key,
  account text not null references accounts (account),
  name text not null,
  numbers text[] not null default '{}',
  created_at timestamptz not null default now(),
  version integer not null default 1
);
create index contacts_numbers on contacts using gin (numbers);

create table tags (
  account text not null references accounts (account),
  name text not null,
  position integer not null default 0,
  primary key (account, name)
);

create table outcomes (
  account text not null references accounts (account),
  name text not null,
  position integer not null default 0,
  primary key (account, name)
);

create table call_pages (
  slug text primary key,
  account text not null references accounts (account),
  number_id text not null references numbers (number_id),
  open boolean not null default true,
  recording_notice boolean not null default true,
  language text not null default 'es' check (language in ('es', 'en')),
  calls_per_address_per_minute integer not null default 6,
  calls_at_once integer not null default 10,
  version integer not null default 1
);

do $$
declare
  of_account text;
begin
  foreach of_account in array array['users', 'sessions', 'groups', 'group_members', 'group_supervisors', 'statuses', 'skills', 'agent_skills', 'queues',
    'queue_members', 'queue_supervisors', 'flows', 'retired_flows', 'trunks', 'numbers', 'devices', 'contacts', 'tags', 'outcomes', 'call_pages']
  loop
    call protect_account_rows(of_account);
    execute format('grant select, insert, update, delete on %I to app', of_account);
    -- Projections look up names; passwords, sessions and secrets are no business of theirs.
    if of_account not in ('users', 'sessions', 'trunks', 'devices') then
      execute format('grant select on %I to floor', of_account);
    end if;
  end loop;
end $$;
grant select (user_id, account, name, role, language, time_zone, extension, outgoing_calls, blocked_at) on users to floor;
revoke update, delete on flows from app;
revoke update, delete on retired_flows from app;

-- Whether another account answers this number for calls without a trunk; says no more than that.
create function public_number_elsewhere(wanted text)
  returns boolean
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select exists (select from numbers n where n.number = wanted and n.public and n.account <> current_account()) $$;
revoke all on function public_number_elsewhere(text) from public;
grant execute on function public_number_elsewhere(text) to app;

-- Whom and what a person reaches within a scope of the permission table (D4). Row-level security holds inside as well.
create function reachable_users(viewer text, scope text)
  returns setof text
  language sql stable
  as $$
    select u.user_id from users u where scope = 'account'
    union
    select viewer where scope <> 'account'
    union
    select m.user_id from group_supervisors s join group_members m using (group_id) where s.user_id = viewer and scope in ('group', 'queue')
  $$;

create function reachable_queues(viewer text, scope text)
  returns setof text
  language sql stable
  as $$
    select q.queue_id from queues q where scope = 'account'
    union
    select m.queue_id from queue_members m where m.user_id = viewer and scope = 'own'
    union
    select s.queue_id from queue_supervisors s where s.user_id = viewer and scope in ('group', 'queue')
  $$;

-- Before somebody has signed in there is no account to set. These three look up exactly one row by something only its holder
-- knows (or, for a call page, something public), and say nothing else; they run as `owner`.
create function sign_in_candidate(wanted_email text)
  returns table (user_id text, account text, password_hash text)
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select u.user_id, u.account, u.password_hash from users u where lower(u.email) = lower(wanted_email) and u.blocked_at is null $$;

create function session_holder(wanted_hash bytea)
  returns table (session_id text, account text, user_id text, role text, language text)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select s.session_id, s.account, s.user_id, u.role, u.language
    from sessions s join users u on u.user_id = s.user_id
    where s.token_hash = wanted_hash and s.ended_at is null and s.expires_at > now() and u.blocked_at is null
  $$;

create function call_page_account(wanted_slug text)
  returns table (account text)
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select p.account from call_pages p where p.slug = wanted_slug $$;

revoke all on function sign_in_candidate(text), session_holder(bytea), call_page_account(text) from public;
grant execute on function sign_in_candidate(text), session_holder(bytea), call_page_account(text) to app;
