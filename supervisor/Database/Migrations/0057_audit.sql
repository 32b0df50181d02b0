-- Who changed what, or tried to. Rows outlive what they tell of, so nothing is referenced.
create table sandbox.audit (
    id uuid primary key,
    -- Null: about no tenant.
    tenant_id uuid,
    at timestamptz not null,
    actor_kind text not null check (actor_kind in ('token', 'member', 'system')),
    actor_id uuid not null,
    actor_name text not null,
    action text not null,
    target_kind text,
    target_id uuid,
    target_name text,
    outcome text not null check (outcome in ('done', 'refused', 'failed')),
    code text,
    -- json keeps NUL and lone surrogates, which jsonb refuses.
    before json,
    after json,
    method text not null,
    route text not null,
    request_id text not null,
    remote_address text,
    user_agent text,
    execution_id uuid,
    -- Attempts of this actor that this row stands for beside its own.
    repeated integer not null default 0 check (repeated >= 0),
    constraint audit_code check ((outcome = 'done') = (code is null)),
    constraint audit_size check (octet_length(before::text) <= 16384 and octet_length(after::text) <= 16384)
);
create index audit_tenants on sandbox.audit (tenant_id, id);
create index audit_at on sandbox.audit (at);

create trigger audit_never_changes before update on sandbox.audit for each row execute function sandbox.refuse_change();

alter table sandbox.audit enable row level security;
alter table sandbox.audit force row level security;
create policy system_read on sandbox.audit for select to sandbox_system using (true);
create policy system_write on sandbox.audit for insert to sandbox_system with check (true);
-- Whatever the options say, the last 90 days stay.
create policy system_sweep on sandbox.audit for delete to sandbox_system using (at < now() - interval '90 days');
create policy tenant on sandbox.audit for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, delete on sandbox.audit to sandbox_system;
grant select on sandbox.audit to sandbox_tenant;
