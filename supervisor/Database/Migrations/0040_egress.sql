-- Where a tenant's scripts may connect to. Null: every public host.
alter table sandbox.tenants
    add column egress_hosts text[],
    add column private_hosts text[] not null default '{}';
