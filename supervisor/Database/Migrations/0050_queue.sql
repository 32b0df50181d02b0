-- Supervisors that share this database. A node whose lease ran out is dead: what it had in hand is taken over.
create table sandbox.nodes (
    id uuid primary key,
    name text not null,
    started_at timestamptz not null default clock_timestamp(),
    lease_until timestamptz not null,
    -- Set once. Its rows of the queue are settled by others, then it is removed.
    dead_at timestamptz
);
alter table sandbox.nodes enable row level security;
alter table sandbox.nodes force row level security;
create policy system on sandbox.nodes to sandbox_system using (true) with check (true);
grant select, insert, update, delete on sandbox.nodes to sandbox_system;

create sequence sandbox.fencing_tokens;
grant usage on sequence sandbox.fencing_tokens to sandbox_system;

create sequence sandbox.queue_sequence;
grant usage on sequence sandbox.queue_sequence to sandbox_system;

-- Attempts that wait or run. A row leaves in the transaction that writes its history. What is asked of a row while it runs
-- (node, token) is in no index, so that a claim rewrites none.
create table sandbox.queue (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    execution_id uuid not null,
    script_id uuid not null,
    script_name text not null,
    kind text not null check (kind in ('scheduled', 'http', 'event', 'oneoff', 'embedded')),
    -- The live version when it was accepted; it runs the version that is live when it starts, unless it is pinned.
    version integer not null check (version >= 1),
    pinned boolean not null default false,
    trigger_type text not null check (trigger_type in ('cron', 'http', 'event', 'manual', 'api')),
    -- As it is shown.
    trigger json not null,
    -- As the script gets it, encrypted, where it is more than may be shown; null: as it is shown.
    sealed_trigger bytea,
    input json,
    cause_kind text not null,
    cause_id text,
    user_id uuid,
    organization_id uuid,
    attempt integer not null default 1 check (attempt >= 1),
    idempotency_key text not null,
    -- What the attempt serves: an occurrence or a delivery; null: itself.
    origin text,
    origin_id uuid,
    replay_of uuid,
    depth integer not null default 0,
    trace_parent text,
    -- One at a time and in order among those of the script that have the same key.
    order_key text,
    sequence bigint not null default nextval('sandbox.queue_sequence'),
    created_at timestamptz not null default clock_timestamp(),
    due_at timestamptz not null default clock_timestamp(),
    node_id uuid,
    token bigint,
    claimed_at timestamptz,
    cancel_requested boolean not null default false,
    primary key (tenant_id, execution_id),
    constraint queue_claim check ((node_id is null) = (token is null) and (node_id is null) = (claimed_at is null)),
    constraint queue_origin check ((origin is null) = (origin_id is null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
create index queue_lanes on sandbox.queue (tenant_id, script_id, due_at, sequence);
create index queue_keys on sandbox.queue (tenant_id, script_id, order_key, sequence) where order_key is not null;
create index queue_origins on sandbox.queue (origin_id) where origin_id is not null;

alter table sandbox.queue enable row level security;
alter table sandbox.queue force row level security;
create policy system on sandbox.queue to sandbox_system using (true) with check (true);
create policy tenant on sandbox.queue for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.queue to sandbox_system;
grant select on sandbox.queue to sandbox_tenant;

-- What used up its attempts, with everything that it takes to run it again.
create table sandbox.dead_letters (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    id uuid not null,
    script_id uuid not null,
    script_name text not null,
    kind text not null,
    version integer not null,
    trigger_type text not null,
    trigger json not null,
    sealed_trigger bytea,
    input json,
    cause_kind text not null,
    cause_id text,
    user_id uuid,
    organization_id uuid,
    attempts integer not null,
    idempotency_key text not null,
    origin text,
    origin_id uuid,
    depth integer not null,
    trace_parent text,
    order_key text,
    -- Of the last attempt.
    execution_id uuid not null,
    status text not null,
    code text,
    error_message text,
    first_at timestamptz not null,
    died_at timestamptz not null default clock_timestamp(),
    -- open, replayed, discarded.
    state text not null default 'open' check (state in ('open', 'replayed', 'discarded')),
    state_at timestamptz,
    replayed_as uuid,
    primary key (tenant_id, id)
);
create index dead_letters_scripts on sandbox.dead_letters (tenant_id, script_id, id);
create index dead_letters_open on sandbox.dead_letters (tenant_id, id) where state = 'open';

alter table sandbox.dead_letters enable row level security;
alter table sandbox.dead_letters force row level security;
create policy system on sandbox.dead_letters to sandbox_system using (true) with check (true);
create policy tenant on sandbox.dead_letters for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.dead_letters to sandbox_system;
grant select on sandbox.dead_letters to sandbox_tenant;

-- Null: the execution's own id.
alter table sandbox.executions add column idempotency_key text;

-- A retry begins with the checkpoint of the attempt before.
grant insert on sandbox.checkpoints to sandbox_system;
