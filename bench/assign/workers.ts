import type { Pool } from '@centralita/server/storage/pool.ts';

/**
 * The peer: rows of customers and agents, and workers that take one of each with `FOR UPDATE SKIP LOCKED`, in one statement with
 * one commit; a second one frees the agent and brings the next customer. As few round trips as it can be done with.
 */
export class Workers {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  static readonly TABLES = `
    create table bench_agents (id bigint primary key, free boolean not null, free_since timestamptz not null default clock_timestamp());
    create index on bench_agents (free_since) where free;
    create table bench_customers (id bigint generated always as identity primary key, came_at timestamptz not null default clock_timestamp(), waits boolean not null default true);
    create index on bench_customers (id) where waits;
    create table bench_assignments (customer bigint not null unique, agent bigint not null, at timestamptz not null default clock_timestamp());
    grant select, insert, update, delete on bench_agents, bench_customers, bench_assignments to floor`;

  async fill(agents: number, customers: number): Promise<void> {
    await this.#pool.query('delete from bench_assignments');
    await this.#pool.query('delete from bench_customers');
    await this.#pool.query('delete from bench_agents');
    await this.#pool.query('insert into bench_agents (id, free) select n, true from generate_series(1, $1::int) n', [agents]);
    await this.#pool.query('insert into bench_customers (waits) select true from generate_series(1, $1::int)', [customers]);
  }

  /** @returns how long the customer had waited, in ms; undefined when there was nobody to assign */
  async assign(): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ agent: number; waited: number }>({
      name: 'assign',
      text: `with customer as (select id, came_at from bench_customers where waits order by id for update skip locked limit 1),
               agent as (select id from bench_agents where free order by free_since for update skip locked limit 1),
               taken as (update bench_customers set waits = false from customer, agent where bench_customers.id = customer.id),
               busy as (update bench_agents set free = false from customer, agent where bench_agents.id = agent.id)
             insert into bench_assignments (customer, agent) select customer.id, agent.id from customer, agent
             returning agent, (select extract(epoch from clock_timestamp() - came_at) * 1000 from customer)::float8 as waited`,
    });
    const assigned = rows[0];
    if (!assigned) return undefined;
    await this.#pool.query({
      name: 'free',
      text: `with freed as (update bench_agents set free = true, free_since = clock_timestamp() where id = $1) insert into bench_customers (waits) values (true)`,
      values: [assigned.agent],
    });
    return assigned.waited;
  }
}
