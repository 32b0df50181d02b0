-- After the rows: row-level security binds the owner too from here on.
alter table demo.clients enable row level security;
alter table demo.clients force row level security;
create policy tenant on demo.clients to sandbox_data using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
alter table demo.orders enable row level security;
alter table demo.orders force row level security;
create policy tenant on demo.orders to sandbox_data using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
alter table demo.payments enable row level security;
alter table demo.payments force row level security;
create policy tenant on demo.payments to sandbox_data using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
alter table demo.transactions enable row level security;
alter table demo.transactions force row level security;
create policy tenant on demo.transactions to sandbox_data using (tenant_id = sandbox.current_tenant()) with check (tenant_id = sandbox.current_tenant());
