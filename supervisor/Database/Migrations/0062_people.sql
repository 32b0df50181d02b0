-- People who sign in. They belong to no tenant: members says where they act.
create table sandbox.people (
    id uuid primary key,
    email text not null unique check (email = lower(email) and length(email) between 3 and 254),
    name text not null check (length(name) between 1 and 1000),
    -- Null: none set yet.
    password_hash text,
    superadmin boolean not null default false,
    -- Wrong passwords in a row.
    failed_sign_ins integer not null default 0 check (failed_sign_ins >= 0),
    locked_until timestamptz,
    disabled_at timestamptz,
    -- The one-time link to set a password: SHA-256 of its code.
    link_hash bytea unique check (length(link_hash) = 32),
    link_expires_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    constraint people_link check ((link_hash is null) = (link_expires_at is null))
);

create table sandbox.members (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    person_id uuid not null references sandbox.people on delete cascade,
    role text not null check (role in ('admin', 'developer', 'operator', 'viewer')),
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, person_id)
);
create index members_person on sandbox.members (person_id);

-- Signed-in browsers, of a person or of a token.
create table sandbox.sessions (
    id uuid primary key,
    person_id uuid references sandbox.people on delete cascade,
    token_id uuid references sandbox.tokens on delete cascade,
    -- SHA-256 of the cookie's 256 random bits.
    hash bytea not null unique check (length(hash) = 32),
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    user_agent text check (length(user_agent) <= 300),
    ip text,
    constraint sessions_owner check ((person_id is null) <> (token_id is null))
);
create index sessions_person on sandbox.sessions (person_id);
create index sessions_token on sandbox.sessions (token_id);

alter table sandbox.people enable row level security;
alter table sandbox.people force row level security;
create policy system on sandbox.people to sandbox_system using (true) with check (true);
grant select, insert, update, delete on sandbox.people to sandbox_system;

alter table sandbox.members enable row level security;
alter table sandbox.members force row level security;
create policy system on sandbox.members to sandbox_system using (true) with check (true);
create policy tenant on sandbox.members for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.members to sandbox_system;
grant select on sandbox.members to sandbox_tenant;

alter table sandbox.sessions enable row level security;
alter table sandbox.sessions force row level security;
create policy system on sandbox.sessions to sandbox_system using (true) with check (true);
grant select, insert, update, delete on sandbox.sessions to sandbox_system;
