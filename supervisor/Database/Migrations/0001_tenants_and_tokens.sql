-- Roles and the schema itself are made before the first migration (RoleSetup); all of these run as sandbox_owner.
grant usage on schema sandbox to sandbox_tenant, sandbox_system;

-- The tenant of this transaction; null where none was set, and then nothing is visible.
create function sandbox.current_tenant() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('sandbox.tenant_id', true), '')::uuid;

create table sandbox.tenants (
    id uuid primary key,
    slug text not null unique,
    name text not null check (length(name) between 1 and 1000),
    concurrency integer not null check (concurrency between 1 and 10000),
    executions_per_minute integer not null check (executions_per_minute >= 0),
    executions_per_day integer check (executions_per_day >= 0),
    history_bytes bigint not null check (history_bytes >= 0),
    calls_per_minute integer check (calls_per_minute >= 0),
    suspended boolean not null default false,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    constraint tenants_slug_form check (slug ~ '^[a-z][a-z0-9-]{1,98}[a-z0-9]$')
);

-- Host names of the endpoints listener.
create table sandbox.tenant_hosts (
    host text primary key check (host = lower(host) and length(host) between 1 and 253 and host !~ '[:/ ]'),
    tenant_id uuid not null references sandbox.tenants on delete cascade
);
create index tenant_hosts_tenant on sandbox.tenant_hosts (tenant_id);

create table sandbox.tokens (
    id uuid primary key,
    -- Null: superadmin.
    tenant_id uuid references sandbox.tenants on delete cascade,
    name text not null check (length(name) between 1 and 1000),
    -- SHA-256 of the whole value: it has the entropy of its 256 random bits, so nothing slower is needed.
    hash bytea not null unique check (length(hash) = 32),
    permissions text[] not null,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    revoked_at timestamptz
);
create index tokens_tenant on sandbox.tokens (tenant_id, id);

alter table sandbox.tenants enable row level security;
alter table sandbox.tenants force row level security;
create policy system on sandbox.tenants to sandbox_system using (true) with check (true);
create policy tenant on sandbox.tenants for select to sandbox_tenant using (id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.tenants to sandbox_system;
grant select on sandbox.tenants to sandbox_tenant;

alter table sandbox.tenant_hosts enable row level security;
alter table sandbox.tenant_hosts force row level security;
create policy system on sandbox.tenant_hosts to sandbox_system using (true) with check (true);
create policy tenant on sandbox.tenant_hosts for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.tenant_hosts to sandbox_system;
grant select on sandbox.tenant_hosts to sandbox_tenant;

alter table sandbox.tokens enable row level security;
alter table sandbox.tokens force row level security;
create policy system on sandbox.tokens to sandbox_system using (true) with check (true);
create policy tenant on sandbox.tokens to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.tokens to sandbox_system;
grant select, insert, update on sandbox.tokens to sandbox_tenant;
