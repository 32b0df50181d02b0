create table sandbox.scripts (
    id uuid primary key,
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    name text not null,
    title text,
    description text,
    kind text not null check (kind in ('scheduled', 'http', 'event', 'oneoff', 'embedded')),
    enabled boolean not null default true,
    disabled_reason text,
    paused boolean not null default false,
    tags text[] not null default '{}',
    record text not null check (record in ('all', 'errors', 'metadata')),
    trigger json,
    retry json,
    timeout_ms integer not null check (timeout_ms between 1 and 3600000),
    memory_bytes bigint not null check (memory_bytes > 0),
    output_bytes integer not null check (output_bytes > 0),
    concurrency integer not null check (concurrency between 1 and 100),
    calls integer not null check (calls between 0 and 100000),
    -- The live version.
    version integer not null check (version >= 1),
    version_id uuid not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    -- A deleted script keeps its versions, for the history's sake, and frees its name.
    deleted_at timestamptz,
    constraint scripts_name_form check (
        name ~ '^[a-z][a-z0-9-]{1,98}[a-z0-9]$'
        and name !~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'
        and name not in ('validate', 'try', 'export', 'import')),
    constraint scripts_in_tenant unique (tenant_id, id)
);
create unique index scripts_name on sandbox.scripts (tenant_id, name) where deleted_at is null;

create table sandbox.script_versions (
    id uuid primary key,
    tenant_id uuid not null,
    script_id uuid not null,
    version integer not null check (version >= 1),
    source text not null,
    uses json,
    input_schema json,
    api_version integer not null check (api_version >= 1),
    created_by text not null,
    created_at timestamptz not null default clock_timestamp(),
    constraint script_versions_number unique (tenant_id, script_id, version),
    constraint script_versions_script foreign key (tenant_id, script_id) references sandbox.scripts (tenant_id, id) on delete cascade deferrable initially deferred
);
alter table sandbox.scripts add constraint scripts_live_version
    foreign key (tenant_id, id, version) references sandbox.script_versions (tenant_id, script_id, version) deferrable initially deferred;

create function sandbox.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% rows never change', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger script_versions_never_change before update on sandbox.script_versions
    for each row execute function sandbox.refuse_change();

alter table sandbox.scripts enable row level security;
alter table sandbox.scripts force row level security;
create policy system on sandbox.scripts to sandbox_system using (true) with check (true);
create policy tenant on sandbox.scripts to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.scripts to sandbox_system;
grant select, insert, update on sandbox.scripts to sandbox_tenant;

alter table sandbox.script_versions enable row level security;
alter table sandbox.script_versions force row level security;
create policy system on sandbox.script_versions to sandbox_system using (true) with check (true);
create policy tenant on sandbox.script_versions to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, delete on sandbox.script_versions to sandbox_system;
grant select, insert on sandbox.script_versions to sandbox_tenant;
