-- The rows of one tenant ($1) that has the place $2: equal at every installation.
with clients as (
    insert into demo.clients (tenant_id, name, email, tier, tags, birthday, created_at)
    select $1,
        (array['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald'])[1 + (n + $2) % 6] || ' ' || (array['Miller', 'Novak', 'Rossi', 'Berg'])[1 + n % 4],
        'client' || n || '@example.com', (array['standard', 'silver', 'gold'])[1 + n % 3],
        case when n % 4 = 0 then array['newsletter', 'vip'] when n % 2 = 0 then array['newsletter'] else '{}' end,
        date '1970-01-01' + n * 365, timestamptz '2025-01-01 08:00Z' + n * interval '1 day'
    from generate_series(1, 12) n
    order by n
    returning id, tenant_id, email
), orders as (
    insert into demo.orders (id, tenant_id, number, client_id, status, lines, total, ordered_on, created_at)
    select md5('order ' || $2 || ' ' || n)::uuid, $1, 1000 * ($2 + 1) + n, c.id, (array['draft', 'placed', 'paid', 'shipped', 'cancelled'])[1 + n % 5]::demo.order_status,
        jsonb_build_array(jsonb_build_object('sku', p.sku, 'quantity', 1 + n % 4)), (1 + n % 4) * p.price,
        date '2025-02-01' + n, timestamptz '2025-02-01 09:30Z' + n * interval '1 day'
    from generate_series(1, 40) n
    join clients c on c.email = 'client' || (1 + n % 12) || '@example.com'
    join demo.products p on p.sku = 'P-' || lpad((1 + (n + $2) % 20)::text, 3, '0')
    order by n
    returning id, number, status, total, created_at
), payments as (
    insert into demo.payments (id, tenant_id, order_id, amount, method, paid_at)
    select md5('payment ' || o.id)::uuid, $1, o.id, o.total, (array['card', 'transfer', 'cash'])[1 + (o.number % 3)::integer], o.created_at + interval '2 hours'
    from orders o
    where o.status in ('paid', 'shipped')
    order by o.number
    returning id, amount, paid_at, method
)
insert into demo.transactions (tenant_id, payment_id, amount, booked_at, details)
select $1, p.id, p.amount, p.paid_at + interval '1 day', jsonb_build_object('method', p.method)
from payments p
order by p.paid_at
