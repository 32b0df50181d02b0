-- What is accepted once for a script, such as a provider's event: the same key again is the same execution. Swept after seven days.
create table sandbox.once_keys (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    script_id uuid not null,
    key text not null,
    execution_id uuid not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, script_id, key)
);
create index once_keys_age on sandbox.once_keys (created_at);

alter table sandbox.once_keys enable row level security;
alter table sandbox.once_keys force row level security;
create policy system on sandbox.once_keys to sandbox_system using (true) with check (true);
create policy tenant on sandbox.once_keys for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, delete on sandbox.once_keys to sandbox_system;
grant select on sandbox.once_keys to sandbox_tenant;
