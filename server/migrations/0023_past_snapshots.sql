-- States of the past, so that replaying or looking at a moment of last week need not begin with the first turn there is. The few
-- rows of `snapshots` are for restarts and are minutes old. These hold nobody's number or name: references only, whose values are
-- looked up in `journal_personal` when the state is read, so that erasing a person reaches the past too.
create table past_snapshots (
  account text not null references accounts (account),
  seq bigint not null,
  schema_version integer not null,
  taken_at timestamptz not null,
  state bytea not null,
  primary key (account, seq)
);
alter table past_snapshots alter column state set storage external;
alter table past_snapshots enable row level security;
create policy every_account on past_snapshots to floor using (true) with check (true);
grant select, insert, delete on past_snapshots to floor;
