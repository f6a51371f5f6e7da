-- The journal takes thousands of turns a second and is read back in order, whole. `json` keeps the text as it came, where
-- `jsonb` would take it apart and put it together for nobody.
alter table journal
  alter column input type json,
  alter column events type json,
  alter column effects type json,
  alter column timers type json,
  alter column closed_effects type json;

-- A turn without a lease is refused by the fence, and a lease belongs to an account: these two checked it once more per row.
alter table journal drop constraint journal_account_fkey;
alter table journal_personal drop constraint journal_personal_account_fkey;
