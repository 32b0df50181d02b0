-- Batches of events that take more. Each is one row of the queue that is not due yet; this row says how much of it is there.
create table sandbox.event_batches (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    id uuid not null,
    script_id uuid not null,
    order_key text,
    execution_id uuid not null,
    events integer not null check (events >= 1),
    bytes bigint not null check (bytes >= 0),
    closes_at timestamptz not null,
    primary key (tenant_id, id)
);
create index event_batches_scripts on sandbox.event_batches (tenant_id, script_id, order_key);

alter table sandbox.event_batches enable row level security;
alter table sandbox.event_batches force row level security;
create policy system on sandbox.event_batches to sandbox_system using (true) with check (true);
create policy tenant on sandbox.event_batches for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.event_batches to sandbox_system;
grant select on sandbox.event_batches to sandbox_tenant;

-- The batch that a delivery is part of; null: it is delivered alone.
alter table sandbox.deliveries add column batch_id uuid;
create index deliveries_batches on sandbox.deliveries (tenant_id, batch_id) where batch_id is not null;
