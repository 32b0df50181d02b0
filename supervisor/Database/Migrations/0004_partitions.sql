-- A role that does not own a table cannot make or drop its partitions: these two functions do it for sandbox_system.

-- The least UUIDv7 of a day (UTC).
create function sandbox.first_id(day date) returns uuid
    language sql immutable parallel safe
    return (lpad(to_hex((extract(epoch from day::timestamp at time zone 'UTC') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

create function sandbox.make_partitions(first_day date, days integer) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    made integer := 0;
    parent text;
    part text;
    day date;
begin
    if first_day < date '2020-01-01' or days not between 1 and 3700 then
        raise exception 'make_partitions(%, %): out of range', first_day, days using errcode = 'invalid_parameter_value';
    end if;
    -- Two supervisors may come at once.
    perform pg_advisory_xact_lock(hashtextextended('sandbox partitions', 0));
    foreach parent in array array['executions', 'execution_payloads', 'execution_logs'] loop
        for day in select first_day + n from generate_series(0, days - 1) n loop
            part := parent || to_char(day, '"_"YYYYMMDD');
            continue when to_regclass(format('sandbox.%I', part)) is not null;
            -- Attaching takes a weaker lock on the parent than "create table … partition of".
            execute format('create table sandbox.%I (like sandbox.%I including defaults including constraints)', part, parent);
            -- No policy, no grant: a partition is reached through its parent alone.
            execute format('alter table sandbox.%I enable row level security', part);
            execute format('alter table sandbox.%I force row level security', part);
            execute format('alter table sandbox.%I attach partition sandbox.%I for values from (%L) to (%L)',
                parent, part, sandbox.first_id(day), sandbox.first_id(day + 1));
            made := made + 1;
        end loop;
    end loop;
    return made;
end $$;

create function sandbox.drop_partitions(before_day date) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    dropped integer := 0;
    part text;
begin
    if before_day > (now() at time zone 'UTC')::date then
        raise exception 'drop_partitions(%): the day is not over', before_day using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('sandbox partitions', 0));
    for part in
        select c.relname
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        join pg_class p on p.oid = i.inhparent
        where p.relnamespace = 'sandbox'::regnamespace
          and p.relname in ('executions', 'execution_payloads', 'execution_logs')
          and to_date(right(c.relname, 8), 'YYYYMMDD') < before_day
        order by c.relname
    loop
        execute format('drop table sandbox.%I', part);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;

revoke all on function sandbox.make_partitions(date, integer), sandbox.drop_partitions(date) from public;
grant execute on function sandbox.make_partitions(date, integer), sandbox.drop_partitions(date) to sandbox_system;
