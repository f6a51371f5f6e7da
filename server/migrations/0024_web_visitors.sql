-- How the customer reached the center: by telephone, or as a visitor of the public call page, who has no number to show.
alter table conversations add column customer_kind text not null default 'phone' check (customer_kind in ('phone', 'web'));
