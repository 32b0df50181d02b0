-- Answers given to posts with an Idempotency-Key: the same key gets the same answer, whatever node it reaches.
create table sandbox.idempotency_keys (
    -- The tenant acted in; all zeros for what a superadmin does in none.
    scope uuid not null,
    key text not null check (length(key) between 1 and 255),
    -- SHA-256 of method, path and body: the same key for something else is a mistake.
    request_hash bytea not null check (length(request_hash) = 32),
    -- Null while the first request is under way.
    status integer check (status between 200 and 499),
    headers text[],
    body bytea,
    expires_at timestamptz not null,
    primary key (scope, key)
);
create index idempotency_keys_expiry on sandbox.idempotency_keys (expires_at);

alter table sandbox.idempotency_keys enable row level security;
alter table sandbox.idempotency_keys force row level security;
create policy system on sandbox.idempotency_keys to sandbox_system using (true) with check (true);
grant select, insert, update, delete on sandbox.idempotency_keys to sandbox_system;
