-- Secrets of tenants, and the keys they are encrypted with (docs/decisions/0014-secrets.md). Neither table holds anything in plain text.
create table sandbox.secrets (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    name text collate "C" not null check (name ~ '^[a-z][a-z0-9_-]{0,99}$'),
    -- Opens only under this tenant and name.
    cipher bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    updated_by text not null,
    primary key (tenant_id, name)
);

alter table sandbox.secrets enable row level security;
alter table sandbox.secrets force row level security;
create policy system on sandbox.secrets to sandbox_system using (true) with check (true);
create policy tenant on sandbox.secrets to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select on sandbox.secrets to sandbox_system;
grant select, insert, update, delete on sandbox.secrets to sandbox_tenant;

-- The key ring of ASP.NET Data Protection. Its keys are encrypted under a key file, which is not in the database.
create table sandbox.key_ring (
    name text primary key,
    element text not null,
    created_at timestamptz not null default clock_timestamp()
);

alter table sandbox.key_ring enable row level security;
alter table sandbox.key_ring force row level security;
create policy system on sandbox.key_ring to sandbox_system using (true) with check (true);
grant select, insert on sandbox.key_ring to sandbox_system;

-- A change names the tenant, whose secrets nodes then forget.
alter table sandbox.changes drop constraint changes_kind_check;
alter table sandbox.changes add constraint changes_kind_check check (kind in ('tenant', 'token', 'script', 'route', 'entity', 'secret'));

create function sandbox.record_secret_change() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    changed uuid := case tg_op when 'DELETE' then old.tenant_id else new.tenant_id end;
begin
    insert into sandbox.changes (kind, tenant_id, id) values ('secret', changed, changed);
    perform pg_notify('sandbox_changes', '');
    return null;
end $$;
revoke all on function sandbox.record_secret_change() from public;

create trigger changes_lock before insert or update or delete on sandbox.secrets for each statement execute function sandbox.lock_changes();
create trigger changes_record after insert or update or delete on sandbox.secrets for each row execute function sandbox.record_secret_change();
