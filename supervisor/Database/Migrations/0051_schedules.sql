-- The schedule of each script that has one. Written with the script; advanced by the scheduler of whatever node takes the row.
create table sandbox.schedules (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    script_id uuid not null,
    cron text not null,
    timezone text not null,
    overlap text not null check (overlap in ('skip', 'queue_one', 'allow')),
    misfire text not null check (misfire in ('skip', 'latest', 'all')),
    enabled boolean not null,
    -- Since when this expression, in this zone, of an enabled script holds.
    since timestamptz not null default clock_timestamp(),
    -- From here on due times are looked for, this moment included; null: the expression has no more, or cannot be read.
    next_at timestamptz default clock_timestamp(),
    primary key (tenant_id, script_id),
    constraint schedules_script foreign key (tenant_id, script_id) references sandbox.scripts (tenant_id, id) on delete cascade
) with (fillfactor = 70);
create index schedules_next on sandbox.schedules (next_at) where next_at is not null;

-- The owner is bound by row-level security too, and has no policy of its own to read the scripts by.
alter table sandbox.scripts no force row level security;
insert into sandbox.schedules (tenant_id, script_id, cron, timezone, overlap, misfire, enabled)
select s.tenant_id, s.id, s.trigger ->> 'cron', coalesce(s.trigger ->> 'timezone', 'UTC'),
    coalesce(s.trigger ->> 'overlap', 'skip'), coalesce(s.trigger ->> 'misfire', 'latest'), s.enabled
from sandbox.scripts s
where s.kind = 'scheduled' and s.deleted_at is null and json_typeof(s.trigger) = 'object' and s.trigger ->> 'cron' is not null
  and coalesce(s.trigger ->> 'overlap', 'skip') in ('skip', 'queue_one', 'allow')
  and coalesce(s.trigger ->> 'misfire', 'latest') in ('skip', 'latest', 'all');
alter table sandbox.scripts force row level security;

alter table sandbox.schedules enable row level security;
alter table sandbox.schedules force row level security;
create policy system on sandbox.schedules to sandbox_system using (true) with check (true);
create policy tenant on sandbox.schedules to sandbox_tenant
    using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.schedules to sandbox_system;
grant select, insert, update, delete on sandbox.schedules to sandbox_tenant;

-- Every due time of a schedule, once. It outlives its script; a sweep removes it after 90 days.
create table sandbox.occurrences (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    script_id uuid not null,
    due_at timestamptz not null,
    id uuid not null,
    -- queued: its execution waits, runs or is tried again.
    status text not null check (status in ('queued', 'ran', 'skipped', 'missed', 'caught_up')),
    -- It runs, or ran, late: after a misfire, or because somebody asked.
    late boolean not null default false,
    why text,
    -- The last attempt.
    execution_id uuid,
    -- How the last attempt ended.
    outcome text,
    -- Earlier due times that it stands for.
    missed integer not null default 0 check (missed >= 0),
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, script_id, due_at),
    constraint occurrences_id unique (id),
    constraint occurrences_why check ((status in ('skipped', 'missed')) = (why is not null)),
    constraint occurrences_execution check (status not in ('queued', 'ran', 'caught_up') or execution_id is not null),
    constraint occurrences_outcome check (outcome is null or status not in ('queued', 'missed'))
);
create index occurrences_created on sandbox.occurrences (created_at);

alter table sandbox.occurrences enable row level security;
alter table sandbox.occurrences force row level security;
create policy system on sandbox.occurrences to sandbox_system using (true) with check (true);
create policy tenant on sandbox.occurrences for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.occurrences to sandbox_system;
grant select on sandbox.occurrences to sandbox_tenant;
