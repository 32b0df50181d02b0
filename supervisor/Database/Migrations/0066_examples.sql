-- Payloads of a script that are kept, with the result that is expected of each: checks before a version is published.
create table sandbox.examples (
    tenant_id uuid not null,
    script_id uuid not null,
    name text not null,
    input json not null,
    request json,
    -- Null: no result was kept.
    status text check (status in ('completed', 'failed', 'timeout', 'cancelled')),
    code text,
    output json,
    -- Of input, request and output as they came.
    bytes bigint not null check (bytes >= 0),
    updated_by text not null,
    updated_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, script_id, name),
    check (status is not null or (code is null and output is null)),
    constraint examples_script foreign key (tenant_id, script_id) references sandbox.scripts (tenant_id, id) on delete cascade
);

alter table sandbox.examples enable row level security;
alter table sandbox.examples force row level security;
create policy system on sandbox.examples to sandbox_system using (true) with check (true);
create policy tenant on sandbox.examples to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.examples to sandbox_system;
grant select, insert, update, delete on sandbox.examples to sandbox_tenant;
