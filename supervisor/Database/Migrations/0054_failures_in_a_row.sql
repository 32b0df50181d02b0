-- The last attempts of a script that failed one after the other. A success sets the count to 0, a resume removes the row.
create table sandbox.failures_in_a_row (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    script_id uuid not null,
    failures integer not null check (failures >= 0),
    primary key (tenant_id, script_id)
) with (fillfactor = 70);

alter table sandbox.failures_in_a_row enable row level security;
alter table sandbox.failures_in_a_row force row level security;
create policy system on sandbox.failures_in_a_row to sandbox_system using (true) with check (true);
create policy tenant on sandbox.failures_in_a_row for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
create policy tenant_resume on sandbox.failures_in_a_row for delete to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.failures_in_a_row to sandbox_system;
grant select, delete on sandbox.failures_in_a_row to sandbox_tenant;

-- Why the product paused the script; null: it did not.
alter table sandbox.scripts add column paused_reason text check (paused or paused_reason is null);
