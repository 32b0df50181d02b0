-- Connections of tenants: credentials that the broker adds to requests of scripts (docs/connections.md).
create table sandbox.connections (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    name text collate "C" not null check (name ~ '^[a-z][a-z0-9_-]{0,99}$'),
    type text not null check (type in ('header', 'basic', 'query', 'oauth2')),
    hosts text[] not null check (cardinality(hosts) between 1 and 50),
    header text,
    username text,
    parameter text,
    token_url text,
    client_id text,
    scope text,
    audience text,
    auth text check (auth in ('basic', 'body')),
    -- The secret. Opens only under this tenant, name, hosts and token URL.
    cipher bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    updated_by text not null,
    primary key (tenant_id, name),
    check ((type = 'header') = (header is not null)),
    check ((type = 'basic') = (username is not null)),
    check ((type = 'query') = (parameter is not null)),
    check ((type = 'oauth2') = (token_url is not null and client_id is not null and auth is not null))
);

alter table sandbox.connections enable row level security;
alter table sandbox.connections force row level security;
create policy system on sandbox.connections to sandbox_system using (true) with check (true);
create policy tenant on sandbox.connections to sandbox_tenant
    using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select on sandbox.connections to sandbox_system;
grant select, insert, update, delete on sandbox.connections to sandbox_tenant;

-- A change names the tenant, whose connections nodes then forget.
alter table sandbox.changes drop constraint changes_kind_check;
alter table sandbox.changes add constraint changes_kind_check
    check (kind in ('tenant', 'token', 'script', 'route', 'entity', 'secret', 'connection'));

create function sandbox.record_connection_change() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    changed uuid := case tg_op when 'DELETE' then old.tenant_id else new.tenant_id end;
begin
    insert into sandbox.changes (kind, tenant_id, id) values ('connection', changed, changed);
    perform pg_notify('sandbox_changes', '');
    return null;
end $$;
revoke all on function sandbox.record_connection_change() from public;

create trigger changes_lock before insert or update or delete on sandbox.connections
    for each statement execute function sandbox.lock_changes();
create trigger changes_record after insert or update or delete on sandbox.connections
    for each row execute function sandbox.record_connection_change();
