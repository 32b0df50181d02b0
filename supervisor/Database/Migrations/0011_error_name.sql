-- What a failure calls itself, beside its message; null for what was recorded before, and where no object was thrown.
alter table sandbox.executions add column error_name text;
