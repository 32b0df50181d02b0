-- Codes of an authenticator app as the second step of a person's sign-in.
create table sandbox.totp (
    person_id uuid primary key references sandbox.people on delete cascade,
    -- Protected by the key ring, for this person alone.
    secret bytea not null,
    begun_at timestamptz not null,
    -- Null: begun, and not asked for yet.
    confirmed_at timestamptz,
    -- The newest time step whose code was taken. None up to it is taken again.
    last_step bigint not null default 0
);

create table sandbox.recovery_codes (
    person_id uuid not null references sandbox.totp on delete cascade,
    -- SHA-256 of the code's 80 random bits as text.
    hash bytea not null check (length(hash) = 32),
    primary key (person_id, hash)
);

-- A person whose password was right and whose code is awaited.
create table sandbox.sign_in_tickets (
    -- SHA-256 of the cookie's 256 random bits.
    hash bytea primary key check (length(hash) = 32),
    person_id uuid not null references sandbox.people on delete cascade,
    expires_at timestamptz not null,
    attempts integer not null default 0
);
create index sign_in_tickets_person on sandbox.sign_in_tickets (person_id);

alter table sandbox.totp enable row level security;
alter table sandbox.totp force row level security;
create policy system on sandbox.totp to sandbox_system using (true) with check (true);
grant select, insert, update, delete on sandbox.totp to sandbox_system;

alter table sandbox.recovery_codes enable row level security;
alter table sandbox.recovery_codes force row level security;
create policy system on sandbox.recovery_codes to sandbox_system using (true) with check (true);
grant select, insert, update, delete on sandbox.recovery_codes to sandbox_system;

alter table sandbox.sign_in_tickets enable row level security;
alter table sandbox.sign_in_tickets force row level security;
create policy system on sandbox.sign_in_tickets to sandbox_system using (true) with check (true);
grant select, insert, update, delete on sandbox.sign_in_tickets to sandbox_system;
