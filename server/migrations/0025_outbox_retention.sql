-- When a change was told to the floor: what it took long ago need not be kept twice. Those there are count from now.
alter table outbox add column at timestamptz not null default now();
-- What retention looks for: sign-ins that are over.
create index sessions_over on sessions (account, ended_at) where ended_at is not null;
