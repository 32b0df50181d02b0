-- sdk.cache: small values of a tenant's scripts. script_id is the nil UUID where all scripts of the tenant share the key.
create table sandbox.cache (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    script_id uuid not null,
    key text not null check (length(key) between 1 and 512),
    -- JSON as it came: jsonb refuses NUL and lone surrogates.
    value json not null,
    expires_at timestamptz,
    primary key (tenant_id, script_id, key)
);
create index cache_expired on sandbox.cache (expires_at) where expires_at is not null;

alter table sandbox.cache enable row level security;
alter table sandbox.cache force row level security;
create policy system on sandbox.cache to sandbox_system using (true) with check (true);
create policy tenant on sandbox.cache to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, delete on sandbox.cache to sandbox_system;
grant select, insert, update, delete on sandbox.cache to sandbox_tenant;
