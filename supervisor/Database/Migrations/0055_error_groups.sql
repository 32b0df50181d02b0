-- Failures of a script that are the same one. No foreign key to tenants: an execution may be stored while its tenant is deleted.
create table sandbox.error_groups (
    tenant_id uuid not null,
    id uuid not null,
    script_id uuid not null,
    script_name text not null,
    -- A hash of code, message and function: any three have one, and it fits into a b-tree.
    fingerprint bytea not null check (octet_length(fingerprint) = 16),
    code text not null,
    -- Without its variables.
    message text not null,
    -- Of the failure that was seen last, as far as the columns down to last_execution_id go.
    sample text not null,
    name text,
    function text,
    line integer,
    last_version integer not null,
    last_execution_id uuid not null,
    last_at timestamptz not null,
    first_version integer not null,
    first_at timestamptz not null,
    failures bigint not null,
    -- The greatest 20, in order.
    versions integer[] not null check (cardinality(versions) between 1 and 20),
    state text not null default 'open' check (state in ('open', 'resolved', 'ignored')),
    -- Stays when a later version fails again, and so says that it does.
    resolved_version integer,
    regressed_at timestamptz,
    -- Null: for ever.
    ignored_until timestamptz,
    updated_by text,
    primary key (tenant_id, id),
    unique (tenant_id, script_id, fingerprint),
    constraint error_groups_resolved check (state <> 'resolved' or resolved_version is not null),
    constraint error_groups_ignored check (state = 'ignored' or ignored_until is null)
) with (fillfactor = 70);

-- Failures of a group by hour, for as long as a trend shows them.
create table sandbox.error_hours (
    tenant_id uuid not null,
    group_id uuid not null,
    hour timestamptz not null,
    failures bigint not null,
    primary key (tenant_id, group_id, hour),
    foreign key (tenant_id, group_id) references sandbox.error_groups on delete cascade
) with (fillfactor = 70);
create index error_hours_old on sandbox.error_hours (hour);

alter table sandbox.error_groups enable row level security;
alter table sandbox.error_groups force row level security;
create policy system on sandbox.error_groups to sandbox_system using (true) with check (true);
create policy tenant on sandbox.error_groups for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
create policy tenant_state on sandbox.error_groups for update to sandbox_tenant
    using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.error_groups to sandbox_system;
grant select, update (state, resolved_version, regressed_at, ignored_until, updated_by) on sandbox.error_groups to sandbox_tenant;

alter table sandbox.error_hours enable row level security;
alter table sandbox.error_hours force row level security;
create policy system on sandbox.error_hours to sandbox_system using (true) with check (true);
create policy tenant on sandbox.error_hours for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.error_hours to sandbox_system;
grant select on sandbox.error_hours to sandbox_tenant;
