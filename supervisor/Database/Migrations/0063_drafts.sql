-- What an author wants the next version to be: one per author and script.
create table sandbox.drafts (
    tenant_id uuid not null,
    script_id uuid not null,
    author_kind text not null check (author_kind in ('token', 'member', 'system')),
    author_id uuid not null,
    author_name text not null,
    base_version integer not null check (base_version >= 1),
    -- The fields that were given, and the names of those that were given as null.
    fields json not null,
    nulls text[] not null,
    updated_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, script_id, author_id, author_kind),
    constraint drafts_script foreign key (tenant_id, script_id) references sandbox.scripts (tenant_id, id) on delete cascade
);

alter table sandbox.drafts enable row level security;
alter table sandbox.drafts force row level security;
create policy system on sandbox.drafts to sandbox_system using (true) with check (true);
create policy tenant on sandbox.drafts to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.drafts to sandbox_system;
grant select, insert, update, delete on sandbox.drafts to sandbox_tenant;

-- Why a version was made, as the one who published it wrote.
alter table sandbox.script_versions add column message text;

-- Nobody makes a version live alone.
alter table sandbox.tenants add column publish_needs_second_person boolean not null default false;
