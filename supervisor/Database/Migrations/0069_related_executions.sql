-- Attempts of one piece of work have its key. One that completed at once has no other.
create index executions_attempts on sandbox.executions (tenant_id, idempotency_key)
    where idempotency_key is not null and (attempt > 1 or status <> 'completed');
create index executions_effects on sandbox.executions (tenant_id, cause_id) where cause_kind in ('execution', 'replay');
