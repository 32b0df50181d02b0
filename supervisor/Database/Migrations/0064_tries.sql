-- A source that was run without being saved: its execution has the version 0.
alter table sandbox.executions drop constraint executions_trigger_type_check;
alter table sandbox.executions add constraint executions_trigger_type_check
    check (trigger_type in ('cron', 'http', 'event', 'manual', 'api', 'try'));
