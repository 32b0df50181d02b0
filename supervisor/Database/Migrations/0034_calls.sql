-- The call logs of executions, an index of their labels, and the usage of each tenant by day.

create table sandbox.execution_calls (
    id uuid not null,
    tenant_id uuid not null,
    -- Of each call [capability, summary, status, bytes, milliseconds, milliseconds from the execution's start to the call].
    calls json not null,
    primary key (tenant_id, id)
) partition by range (id);

-- A row per label, not a GIN index: row-level security keeps the planner from one. The labels themselves are in sandbox.executions.
create table sandbox.execution_labels (
    id uuid not null,
    tenant_id uuid not null,
    -- A hash of key and value: any two strings have one, and it fits into a b-tree.
    label bytea not null check (octet_length(label) = 16),
    primary key (tenant_id, label, id)
) partition by range (id);

-- No foreign key: an execution may be stored while its tenant is deleted.
create table sandbox.usage (
    tenant_id uuid not null,
    -- The UTC day that the executions were made on.
    day date not null,
    executions bigint not null,
    failures bigint not null,
    cpu_ms double precision not null,
    duration_ms double precision not null,
    calls bigint not null,
    call_bytes bigint not null,
    primary key (tenant_id, day)
);

alter table sandbox.execution_calls enable row level security;
alter table sandbox.execution_calls force row level security;
create policy system on sandbox.execution_calls to sandbox_system using (true) with check (true);
create policy tenant on sandbox.execution_calls for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, delete on sandbox.execution_calls to sandbox_system;
grant select on sandbox.execution_calls to sandbox_tenant;

alter table sandbox.execution_labels enable row level security;
alter table sandbox.execution_labels force row level security;
create policy system on sandbox.execution_labels to sandbox_system using (true) with check (true);
create policy tenant on sandbox.execution_labels for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, delete on sandbox.execution_labels to sandbox_system;
grant select on sandbox.execution_labels to sandbox_tenant;

alter table sandbox.usage enable row level security;
alter table sandbox.usage force row level security;
create policy system on sandbox.usage to sandbox_system using (true) with check (true);
create policy tenant on sandbox.usage for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.usage to sandbox_system;
grant select on sandbox.usage to sandbox_tenant;

-- As in 0004, with the two new tables. Days that exist get their missing partitions at the next start, or with the first row.
create or replace function sandbox.make_partitions(first_day date, days integer) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    made integer := 0;
    parent text;
    part text;
    day date;
begin
    if first_day < date '2020-01-01' or days not between 1 and 3700 then
        raise exception 'make_partitions(%, %): out of range', first_day, days using errcode = 'invalid_parameter_value';
    end if;
    -- Two supervisors may come at once.
    perform pg_advisory_xact_lock(hashtextextended('sandbox partitions', 0));
    foreach parent in array array['executions', 'execution_payloads', 'execution_logs', 'execution_calls', 'execution_labels'] loop
        for day in select first_day + n from generate_series(0, days - 1) n loop
            part := parent || to_char(day, '"_"YYYYMMDD');
            continue when to_regclass(format('sandbox.%I', part)) is not null;
            -- Attaching takes a weaker lock on the parent than "create table … partition of".
            execute format('create table sandbox.%I (like sandbox.%I including defaults including constraints)', part, parent);
            -- No policy, no grant: a partition is reached through its parent alone.
            execute format('alter table sandbox.%I enable row level security', part);
            execute format('alter table sandbox.%I force row level security', part);
            execute format('alter table sandbox.%I attach partition sandbox.%I for values from (%L) to (%L)',
                parent, part, sandbox.first_id(day), sandbox.first_id(day + 1));
            made := made + 1;
        end loop;
    end loop;
    return made;
end $$;

create or replace function sandbox.drop_partitions(before_day date) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    dropped integer := 0;
    part text;
begin
    if before_day > (now() at time zone 'UTC')::date then
        raise exception 'drop_partitions(%): the day is not over', before_day using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('sandbox partitions', 0));
    for part in
        select c.relname
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        join pg_class p on p.oid = i.inhparent
        where p.relnamespace = 'sandbox'::regnamespace
          and p.relname in ('executions', 'execution_payloads', 'execution_logs', 'execution_calls', 'execution_labels')
          and to_date(right(c.relname, 8), 'YYYYMMDD') < before_day
        order by c.relname
    loop
        execute format('drop table sandbox.%I', part);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;
