-- History: partitioned by day through the id, a UUIDv7, whose first 48 bits are its milliseconds: a look-up by id prunes to
-- one day, and "newest first" is the order of the key itself. Rows of one execution lie in the partitions of one day.

create table sandbox.executions (
    id uuid not null,
    tenant_id uuid not null,
    -- No foreign keys: history outlives what it tells of.
    script_id uuid not null,
    script_name text not null,
    version_id uuid not null,
    version integer not null,
    kind text not null check (kind in ('scheduled', 'http', 'event', 'oneoff', 'embedded')),
    status text not null check (status in ('pending', 'running', 'completed', 'failed', 'timeout', 'cancelled')),
    code text,
    error_message text,
    error_line integer,
    error_column integer,
    error_stack text,
    trigger_type text not null check (trigger_type in ('cron', 'http', 'event', 'manual', 'api')),
    attempt integer not null check (attempt >= 1),
    cause_kind text not null,
    cause_id text,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    queue_ms double precision not null,
    -- Of these, by reason; null: none.
    queue_script_ms double precision,
    queue_tenant_ms double precision,
    queue_worker_ms double precision,
    duration_ms double precision,
    cpu_ms double precision,
    memory_peak_bytes bigint,
    calls integer not null,
    labels json,
    warnings json,
    progress json,
    -- What the history writer could not keep, and why.
    note text,
    constraint executions_code check ((status in ('failed', 'timeout')) = (code is not null)),
    constraint executions_code_form check (code ~ '^[A-Z][A-Z_]{1,62}$'),
    constraint executions_error check (status in ('failed', 'timeout') or error_message is null),
    constraint executions_finished check ((status in ('completed', 'failed', 'timeout', 'cancelled')) = (finished_at is not null)),
    constraint executions_started check (status not in ('running', 'completed', 'timeout') or started_at is not null),
    primary key (tenant_id, id)
) partition by range (id);
create index executions_script on sandbox.executions (tenant_id, script_id, id);
create index executions_trigger on sandbox.executions (tenant_id, trigger_type, id);
create index executions_failures on sandbox.executions (tenant_id, status, id) where status <> 'completed';
create index executions_codes on sandbox.executions (tenant_id, code, id) where code is not null;

create function sandbox.refuse_change_of_final() returns trigger language plpgsql as $$
begin
    if old.status in ('completed', 'failed', 'timeout', 'cancelled') then
        raise exception 'execution % is final and never changes', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger executions_final_never_change before update on sandbox.executions
    for each row execute function sandbox.refuse_change_of_final();

-- json, not jsonb: it takes \u0000, lone surrogates and 1e400, and gives back the text it was given.
create table sandbox.execution_payloads (
    id uuid not null,
    tenant_id uuid not null,
    trigger json,
    input json,
    output json,
    primary key (tenant_id, id)
) partition by range (id);

create table sandbox.execution_logs (
    id uuid not null,
    tenant_id uuid not null,
    -- The lines' messages, one after the other with a line feed behind each: what a text search reads.
    messages text not null,
    -- Of each line [microseconds since 1970, level, UTF-16 units of its message, metadata].
    lines json not null,
    primary key (tenant_id, id)
) partition by range (id);

alter table sandbox.executions enable row level security;
alter table sandbox.executions force row level security;
create policy system on sandbox.executions to sandbox_system using (true) with check (true);
create policy tenant on sandbox.executions for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.executions to sandbox_system;
grant select on sandbox.executions to sandbox_tenant;

alter table sandbox.execution_payloads enable row level security;
alter table sandbox.execution_payloads force row level security;
create policy system on sandbox.execution_payloads to sandbox_system using (true) with check (true);
create policy tenant on sandbox.execution_payloads for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, delete on sandbox.execution_payloads to sandbox_system;
grant select on sandbox.execution_payloads to sandbox_tenant;

alter table sandbox.execution_logs enable row level security;
alter table sandbox.execution_logs force row level security;
create policy system on sandbox.execution_logs to sandbox_system using (true) with check (true);
create policy tenant on sandbox.execution_logs for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, delete on sandbox.execution_logs to sandbox_system;
grant select on sandbox.execution_logs to sandbox_tenant;
