-- Who calls, among a hundred thousand contacts and millions of calls. Under row-level security the role `app` may use an index only for
-- comparisons that cannot leak, which neither `@>` nor a regular expression is: these run as `owner`, each for the account of the
-- transaction and no other.

create index journal_personal_digits on journal_personal (account, (regexp_replace(value, '\D', '', 'g')));

-- Of each number, as digits, the contact that is here longest.
create function contacts_with(wanted text[])
  returns table (number text, contact_id text, name text)
  language sql stable security definer rows 1 set search_path = pg_catalog, public
  as $$
    select distinct on (n.number) n.number, c.contact_id, c.name
    from unnest(wanted) as n (number) join contacts c on c.numbers @> array[n.number] and c.account = current_account()
    order by n.number, c.created_at
  $$;

-- References under which the journal has a number, as digits.
create function references_of_number(digits text)
  returns setof text
  language sql stable security definer rows 10 set search_path = pg_catalog, public
  as $$ select p.ref from journal_personal p where p.account = current_account() and regexp_replace(p.value, '\D', '', 'g') = digits $$;

revoke all on function contacts_with(text[]), references_of_number(text) from public;
grant execute on function contacts_with(text[]), references_of_number(text) to app;
