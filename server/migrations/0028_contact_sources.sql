-- Contacts that another system tells of, by signed messages.

create table contact_sources (
  source_id text primary key,
  account text not null references accounts (account),
  name text not null,
  -- The key of its signatures, sealed with the account's: it is needed to check them.
  secret bytea not null,
  version integer not null default 1,
  created_at timestamptz not null default now()
);
create unique index contact_sources_name on contact_sources (account, lower(name));

-- What a source said last of each contact, by its own time; without a contact it is a tombstone, so that an older message that
-- comes later does not bring the contact back.
create table source_contacts (
  source_id text not null references contact_sources (source_id) on delete cascade,
  external_id text not null,
  account text not null references accounts (account),
  contact_id text references contacts (contact_id) on delete set null,
  changed_at timestamptz not null,
  -- Of two messages with one time the one with the greater id holds, by its bytes, in whatever order they come.
  message_id text collate "C" not null,
  taken_at timestamptz not null,
  primary key (source_id, external_id)
);
create index source_contacts_of_contact on source_contacts (contact_id) where contact_id is not null;
create index source_contacts_removed on source_contacts (account, taken_at) where contact_id is null;

-- Messages that were taken, so that a repeat is none.
create table source_messages (
  source_id text not null references contact_sources (source_id) on delete cascade,
  message_id text not null,
  account text not null references accounts (account),
  taken_at timestamptz not null,
  primary key (source_id, message_id)
);
create index source_messages_taken on source_messages (account, taken_at);

call protect_account_rows('contact_sources');
call protect_account_rows('source_contacts');
call protect_account_rows('source_messages');
grant select, insert, update, delete on contact_sources, source_contacts to app;
-- To lock a row is to have the right to change it.
grant select, insert, update, delete on source_messages to app;

-- Before a message's signature was checked there is no account to set. Says whose the source is, as `call_page_account` does of a
-- page, and nothing else; runs as `owner`.
create function contact_source_account(wanted text)
  returns table (account text)
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select s.account from contact_sources s where s.source_id = wanted $$;
revoke all on function contact_source_account(text) from public;
grant execute on function contact_source_account(text) to app;
