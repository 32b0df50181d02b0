-- Which script answers a method and path of a tenant. The key decides who has a route, whatever node he asked.
create table sandbox.routes (
    tenant_id uuid not null references sandbox.tenants on delete cascade,
    method text not null check (method ~ '^[A-Z]{1,20}$'),
    -- The template without the names of its parameters: /orders/{}, /files/{*}.
    shape text not null check (shape like '/%' and length(shape) <= 500),
    script_id uuid not null,
    template text not null,
    primary key (tenant_id, method, shape),
    constraint routes_script foreign key (tenant_id, script_id) references sandbox.scripts (tenant_id, id) on delete cascade
);
create index routes_of_script on sandbox.routes (tenant_id, script_id);

-- The owner is bound by row-level security too, and has no policy of its own to read the scripts by.
alter table sandbox.scripts no force row level security;
insert into sandbox.routes (tenant_id, method, shape, script_id, template)
select s.tenant_id, m.method,
    coalesce(nullif(regexp_replace(regexp_replace(rtrim(p.path, '/'), '\{\*\w+\}', '{*}', 'g'), '\{\w+\}', '{}', 'g'), ''), '/'),
    s.id, p.path
from sandbox.scripts s
cross join lateral (select s.trigger ->> 'path' as path) p
cross join lateral json_array_elements_text(case when json_typeof(s.trigger -> 'methods') = 'array' then s.trigger -> 'methods' else '[]' end) m(method)
where s.kind = 'http' and s.deleted_at is null and json_typeof(s.trigger) = 'object'
  and p.path like '/%' and length(p.path) <= 500 and m.method ~ '^[A-Z]{1,20}$'
order by s.id
on conflict do nothing;
alter table sandbox.scripts force row level security;

create trigger changes_lock before insert or update or delete on sandbox.routes for each statement execute function sandbox.lock_changes();
create trigger changes_record after insert or update or delete on sandbox.routes for each row execute function sandbox.record_change();

alter table sandbox.routes enable row level security;
alter table sandbox.routes force row level security;
create policy system on sandbox.routes to sandbox_system using (true) with check (true);
create policy tenant on sandbox.routes to sandbox_tenant using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
grant select, insert, update, delete on sandbox.routes to sandbox_system;
grant select, insert, update, delete on sandbox.routes to sandbox_tenant;
