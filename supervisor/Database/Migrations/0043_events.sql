-- Events that scripts published. The same source and id is the same event, however often it is published.
create table sandbox.events (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    id uuid not null,
    source text not null,
    event_id text not null,
    type text collate "C" not null,
    subject text,
    payload json not null,
    -- The execution that published it, and how many causes lie before it.
    execution_id uuid,
    depth integer not null default 0,
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, id),
    unique (tenant_id, source, event_id)
);
create index events_newest on sandbox.events (tenant_id, created_at);

alter table sandbox.events enable row level security;
alter table sandbox.events force row level security;
create policy system on sandbox.events to sandbox_system using (true) with check (true);
create policy tenant on sandbox.events to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.events to sandbox_system;
grant select, insert on sandbox.events to sandbox_tenant;
