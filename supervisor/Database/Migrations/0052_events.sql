-- Events start scripts. What was stored before this version started none, and starts none now.
create sequence sandbox.event_sequence;
grant usage on sequence sandbox.event_sequence to sandbox_system, sandbox_tenant;

alter table sandbox.events
    add column time timestamptz,
    -- Attributes of the CloudEvent that have no column of their own.
    add column attributes json,
    add column trace_parent text,
    -- Of the payload as text.
    add column bytes integer not null default 0,
    -- The order in which events are routed.
    add column sequence bigint not null default nextval('sandbox.event_sequence'),
    -- When its deliveries were made; null: not yet.
    add column routed_at timestamptz default clock_timestamp();
alter table sandbox.events alter column routed_at drop default;
create index events_unrouted on sandbox.events (sequence) where routed_at is null;
create index events_routed on sandbox.events (routed_at) where routed_at is not null;
-- Lists read by the primary key.
drop index sandbox.events_newest;

-- An event for one script. The executions are its attempts.
create table sandbox.deliveries (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    id uuid not null,
    event_id uuid not null,
    script_id uuid not null,
    script_name text not null,
    state text not null default 'waiting' check (state in ('waiting', 'completed', 'dead', 'cancelled', 'discarded', 'debounced')),
    -- The number of the attempt that waits, runs or was the last.
    attempts integer not null default 1 check (attempts >= 1),
    -- That attempt; null: a newer event took its place before one began.
    execution_id uuid,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, event_id, script_id),
    foreign key (tenant_id, event_id) references sandbox.events on delete cascade,
    constraint deliveries_final check ((state = 'waiting') = (finished_at is null)),
    constraint deliveries_attempt check ((state = 'debounced') = (execution_id is null))
);

alter table sandbox.deliveries enable row level security;
alter table sandbox.deliveries force row level security;
create policy system on sandbox.deliveries to sandbox_system using (true) with check (true);
create policy tenant on sandbox.deliveries for select to sandbox_tenant using (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.deliveries to sandbox_system;
grant select on sandbox.deliveries to sandbox_tenant;

-- The scripts that events start.
create index scripts_subscribed on sandbox.scripts (tenant_id) where kind = 'event' and enabled and deleted_at is null;

-- publish_event works as the owner of the tables, whom row-level security binds too.
create policy publishing on sandbox.events to sandbox_owner using (true) with check (true);
create policy publishing on sandbox.tenants for select to sandbox_owner using (true);

-- For the host application, within its own transaction: the event exists if and only if that transaction commits.
create function sandbox.publish_event(tenant text, type text, payload json, source text default '/sql', id text default null) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    of_tenant uuid;
    -- UUIDv7: the time in milliseconds, then chance.
    own uuid := encode(
        set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1),
        'hex')::uuid;
    event_id text := coalesce(publish_event.id, own::text);
begin
    select t.id into of_tenant from sandbox.tenants t where t.slug = publish_event.tenant or t.id::text = publish_event.tenant;
    if of_tenant is null then
        raise exception 'publish_event: there is no tenant ''%''', publish_event.tenant using errcode = 'invalid_parameter_value';
    end if;
    if publish_event.type is null or publish_event.type !~ '^[^[:space:][:cntrl:]]{1,200}$' then
        raise exception 'publish_event: type must be 1 to 200 printable characters without spaces' using errcode = 'invalid_parameter_value';
    end if;
    if publish_event.source is null or length(publish_event.source) not between 1 and 500 or octet_length(publish_event.source) > 1000 then
        raise exception 'publish_event: source must have 1 to 500 characters, at most 1000 bytes' using errcode = 'invalid_parameter_value';
    end if;
    if length(event_id) not between 1 and 500 or octet_length(event_id) > 1000 then
        raise exception 'publish_event: id must have 1 to 500 characters, at most 1000 bytes' using errcode = 'invalid_parameter_value';
    end if;
    if octet_length(publish_event.payload::text) > 1048576 then
        raise exception 'publish_event: the payload has % bytes as JSON; at most 1048576 are kept', octet_length(publish_event.payload::text)
            using errcode = 'program_limit_exceeded';
    end if;
    insert into sandbox.events (tenant_id, id, source, event_id, type, payload, bytes)
    values (of_tenant, own, publish_event.source, event_id, publish_event.type, coalesce(publish_event.payload, 'null'), coalesce(octet_length(publish_event.payload::text), 4))
    on conflict on constraint events_tenant_id_source_event_id_key do nothing;
    -- Sent when the transaction commits.
    perform pg_notify('sandbox_queue', '');
    return event_id;
end $$;
revoke all on function sandbox.publish_event(text, text, json, text, text) from public;
