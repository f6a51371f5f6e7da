-- What other systems are told of, and what became of each message.

create table webhooks (
  webhook_id text primary key,
  account text not null references accounts (account),
  url text not null,
  events text[] not null,
  active boolean not null,
  -- Why it is not active, when nobody chose so.
  stopped text check (stopped in ('gone', 'failing')),
  -- Sealed with the account's key.
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamptz,
  -- The turn up to which it has been told.
  read_up_to bigint not null,
  failures integer not null default 0,
  failing_since timestamptz,
  backoff_until timestamptz,
  created_at timestamptz not null default now(),
  version integer not null default 1
);

create table webhook_deliveries (
  -- The receiver's webhook-id.
  delivery_id text primary key,
  account text not null references accounts (account),
  webhook_id text not null references webhooks (webhook_id) on delete cascade,
  type text not null,
  occurred_at timestamptz not null,
  revision bigint not null,
  -- What is told is read from history when the message is sent; null: a test.
  conversation_id text,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
  attempts integer not null default 0,
  due_at timestamptz,
  last_attempt_at timestamptz,
  last_status integer,
  last_failure text,
  check ((state = 'waiting') = (due_at is not null)),
  unique (webhook_id, revision)
);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) include (account) where state = 'waiting';
create index webhook_deliveries_dead on webhook_deliveries (webhook_id, revision) include (account) where state = 'dead';
create index webhook_deliveries_old on webhook_deliveries (account, occurred_at);

call protect_account_rows('webhooks');
call protect_account_rows('webhook_deliveries');
grant select, insert, update, delete on webhooks, webhook_deliveries to app;
