-- sdk.checkpoint: how far an execution had come, for whatever goes on where it ended. The latest value alone.
create table sandbox.checkpoints (
    execution_id uuid primary key,
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    -- The script's version that wrote it.
    version integer not null,
    -- JSON as it came: jsonb refuses NUL and lone surrogates.
    value json not null,
    updated_at timestamptz not null default clock_timestamp()
);
create index checkpoints_tenant on sandbox.checkpoints (tenant_id);
create index checkpoints_age on sandbox.checkpoints (updated_at);

alter table sandbox.checkpoints enable row level security;
alter table sandbox.checkpoints force row level security;
create policy system on sandbox.checkpoints to sandbox_system using (true) with check (true);
create policy tenant on sandbox.checkpoints to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, delete on sandbox.checkpoints to sandbox_system;
grant select, insert, update, delete on sandbox.checkpoints to sandbox_tenant;
