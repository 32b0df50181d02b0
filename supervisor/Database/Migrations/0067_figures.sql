-- What executions did, by the hour of their id. A row is right where its hour is not stale; the running hour and stale ones are counted
-- from the executions themselves, by the very functions that fill these tables.

-- Hours with executions that the tables below do not hold yet.
create table sandbox.stale_hours (
    tenant_id uuid not null,
    hour timestamptz not null,
    primary key (tenant_id, hour)
);
create index stale_hours_hour on sandbox.stale_hours (hour);

-- Of a version of a script. Buckets are of the time that it ran, each with its count, in order.
create table sandbox.script_hours (
    tenant_id uuid not null,
    script_id uuid not null,
    hour timestamptz not null,
    version integer not null,
    completed integer not null,
    failed integer not null,
    timed_out integer not null,
    cancelled integer not null,
    ran_buckets smallint[] not null,
    ran_counts integer[] not null,
    primary key (tenant_id, script_id, hour, version)
);
-- An hour of a tenant is replaced, and old hours of all are removed.
create index script_hours_hour on sandbox.script_hours (hour, tenant_id);

-- Of all its scripts, and those with the most failures and the longest time in the hour: among them the day's are looked for.
create table sandbox.tenant_hours (
    tenant_id uuid not null,
    hour timestamptz not null,
    completed integer not null,
    failed integer not null,
    timed_out integer not null,
    cancelled integer not null,
    ran_buckets smallint[] not null,
    ran_counts integer[] not null,
    waited_buckets smallint[] not null,
    waited_counts integer[] not null,
    failing uuid[] not null,
    slowest uuid[] not null,
    primary key (tenant_id, hour)
);
create index tenant_hours_hour on sandbox.tenant_hours (hour);

-- The least UUIDv7 of a time.
create function sandbox.least_id(at timestamptz) returns uuid
    language sql immutable parallel safe
    return (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- A bucket is a quarter of a power of two milliseconds: 4 / ln 2 = 5.7708.
create function sandbox.bucket_of(milliseconds double precision) returns smallint
    language sql immutable parallel safe
    return ceil(ln(greatest(milliseconds, 0.01)) * 5.7708)::smallint;

create function sandbox.count_scripts(of_tenant uuid, of_hour timestamptz)
    returns table (
        script_id uuid, version integer, completed integer, failed integer, timed_out integer, cancelled integer,
        ran_buckets smallint[], ran_counts integer[])
    language sql stable as $$
    with cells as materialized (
        select e.script_id, e.version, e.status, sandbox.bucket_of(e.duration_ms) as bucket, count(*)::integer as n
        from sandbox.executions e
        where e.tenant_id = of_tenant and e.id >= sandbox.least_id(of_hour) and e.id < sandbox.least_id(of_hour + interval '1 hour')
        group by 1, 2, 3, 4
    ), ran as (
        select b.script_id, b.version, array_agg(b.bucket order by b.bucket) as buckets, array_agg(b.n order by b.bucket) as counts
        from (select c.script_id, c.version, c.bucket, sum(c.n)::integer as n from cells c where c.bucket is not null group by 1, 2, 3) b
        group by 1, 2
    )
    select c.script_id, c.version,
        coalesce(sum(c.n) filter (where c.status = 'completed'), 0)::integer,
        coalesce(sum(c.n) filter (where c.status = 'failed'), 0)::integer,
        coalesce(sum(c.n) filter (where c.status = 'timeout'), 0)::integer,
        coalesce(sum(c.n) filter (where c.status = 'cancelled'), 0)::integer,
        coalesce(min(r.buckets), '{}'), coalesce(min(r.counts), '{}')
    from cells c
    left join ran r on r.script_id = c.script_id and r.version = c.version
    group by c.script_id, c.version
    $$;

create function sandbox.count_waits(of_tenant uuid, of_hour timestamptz) returns table (bucket smallint, n integer)
    language sql stable as $$
    select sandbox.bucket_of(e.queue_ms), count(*)::integer
    from sandbox.executions e
    where e.tenant_id = of_tenant and e.id >= sandbox.least_id(of_hour) and e.id < sandbox.least_id(of_hour + interval '1 hour')
    group by 1
    $$;

-- What ran before this version is counted as soon as it starts. No policy is for the owner.
alter table sandbox.executions no force row level security;
insert into sandbox.stale_hours (tenant_id, hour)
select distinct e.tenant_id, date_trunc('hour', e.created_at, 'UTC')
from sandbox.executions e
where e.id >= sandbox.least_id(now() - interval '8 days');
alter table sandbox.executions force row level security;

alter table sandbox.stale_hours enable row level security;
alter table sandbox.stale_hours force row level security;
create policy system on sandbox.stale_hours to sandbox_system using (true) with check (true);
create policy tenant on sandbox.stale_hours for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.stale_hours to sandbox_system;
grant select on sandbox.stale_hours to sandbox_tenant;

alter table sandbox.script_hours enable row level security;
alter table sandbox.script_hours force row level security;
create policy system on sandbox.script_hours to sandbox_system using (true) with check (true);
create policy tenant on sandbox.script_hours for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, delete on sandbox.script_hours to sandbox_system;
grant select on sandbox.script_hours to sandbox_tenant;

alter table sandbox.tenant_hours enable row level security;
alter table sandbox.tenant_hours force row level security;
create policy system on sandbox.tenant_hours to sandbox_system using (true) with check (true);
create policy tenant on sandbox.tenant_hours for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, delete on sandbox.tenant_hours to sandbox_system;
grant select on sandbox.tenant_hours to sandbox_tenant;
