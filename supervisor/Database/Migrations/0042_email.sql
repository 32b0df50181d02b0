-- Through which server a tenant's scripts send e-mail. The password opens only under its tenant (docs/decisions/0014-secrets.md).
create table sandbox.email_settings (
    tenant_id uuid primary key references sandbox.tenants on delete cascade,
    host text not null,
    port integer not null check (port between 1 and 65535),
    security text not null check (security in ('starttls', 'tls', 'none')),
    username text,
    password bytea,
    from_address text not null,
    from_name text,
    updated_at timestamptz not null default clock_timestamp(),
    updated_by text not null
);

alter table sandbox.email_settings enable row level security;
alter table sandbox.email_settings force row level security;
create policy system on sandbox.email_settings to sandbox_system using (true) with check (true);
create policy tenant on sandbox.email_settings to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select on sandbox.email_settings to sandbox_system;
grant select, insert, update, delete on sandbox.email_settings to sandbox_tenant;
