-- Whether an attempt that failed is followed by one that waits.
create index queue_retries on sandbox.queue (tenant_id, idempotency_key) where attempt > 1;
