-- Every page counts what is open.
create index error_groups_open on sandbox.error_groups (tenant_id) where state = 'open';

-- Of 0067, for a database that had it before they were added there.
create index if not exists stale_hours_hour on sandbox.stale_hours (hour);
create index if not exists script_hours_hour on sandbox.script_hours (hour, tenant_id);
create index if not exists tenant_hours_hour on sandbox.tenant_hours (hour);
