-- Who has claimed the key: a claimant whose claim ran out and was taken over no longer renews, answers or releases it.
alter table sandbox.idempotency_keys add column claim uuid;
