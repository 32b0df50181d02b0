-- Which tables of business data the operator has opened at all, and by which tenant column. Only the system role reads or writes it:
-- a tenant's administrator opens what stands here and nothing else.
create table sandbox.entity_tables (
    -- A name of Sandbox:Databases; empty: this database.
    database text not null default '',
    table_schema text not null,
    table_name text not null,
    -- Null: shared by all tenants, and read-only.
    tenant_column text,
    updated_at timestamptz not null default clock_timestamp(),
    primary key (database, table_schema, table_name),
    constraint entity_tables_not_ours check (table_schema not in ('sandbox', 'information_schema') and table_schema !~ '^pg_')
);

-- What a tenant's scripts may use through sdk.db, under which name.
create table sandbox.entities (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    name text not null check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    table_schema text not null,
    table_name text not null,
    key text not null,
    tenant_column text,
    -- {name: {read, write}}
    fields json not null,
    operations text[] not null check (cardinality(operations) > 0 and operations <@ '{read,insert,update,delete}'),
    -- A name of Sandbox:Databases; null: this database.
    database text,
    updated_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, name),
    constraint entities_shared_are_read check (tenant_column is not null or operations = '{read}'),
    constraint entities_not_ours check (table_schema not in ('sandbox', 'information_schema') and table_schema !~ '^pg_')
);

alter table sandbox.changes drop constraint changes_kind_check;
alter table sandbox.changes add constraint changes_kind_check check (kind in ('tenant', 'token', 'script', 'route', 'entity'));

-- An entity is dropped from memory with all others of its tenant: the id is the tenant's. A table concerns every tenant: it has no
-- tenant, and the nil UUID.
create function sandbox.record_entity_change() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    changed record;
begin
    if tg_table_name = 'entity_tables' then
        insert into sandbox.changes (kind, tenant_id, id) values ('entity', null, '00000000-0000-0000-0000-000000000000');
    else
        if tg_op = 'DELETE' then
            changed := old;
        else
            changed := new;
        end if;
        insert into sandbox.changes (kind, tenant_id, id) values ('entity', changed.tenant_id, changed.tenant_id);
    end if;
    perform pg_notify('sandbox_changes', '');
    return null;
end $$;
revoke all on function sandbox.record_entity_change() from public;

create trigger changes_lock before insert or update or delete on sandbox.entities for each statement execute function sandbox.lock_changes();
create trigger changes_record after insert or update or delete on sandbox.entities for each row execute function sandbox.record_entity_change();
create trigger changes_lock before insert or update or delete on sandbox.entity_tables for each statement execute function sandbox.lock_changes();
create trigger changes_record after insert or update or delete on sandbox.entity_tables for each row execute function sandbox.record_entity_change();

alter table sandbox.entities enable row level security;
alter table sandbox.entities force row level security;
create policy system on sandbox.entities to sandbox_system using (true) with check (true);
create policy tenant on sandbox.entities to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.entities to sandbox_system;
grant select, insert, update, delete on sandbox.entities to sandbox_tenant;

alter table sandbox.entity_tables enable row level security;
alter table sandbox.entity_tables force row level security;
create policy system on sandbox.entity_tables to sandbox_system using (true) with check (true);
grant select, insert, update, delete on sandbox.entity_tables to sandbox_system;

-- Policies of business tables compare with it.
grant usage on schema sandbox to sandbox_data;
grant execute on function sandbox.current_tenant() to sandbox_data;
