using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Database;

namespace Sandbox.Tests.Integration.Entities;

/// <summary>Business tables of a host application.</summary>
internal static class Shop
{
    public const string Tables = """
        create schema shop;
        create type shop.state as enum ('new', 'paid');
        create domain shop.money as numeric(12, 2);
        create domain shop.price as shop.money;
        create table shop.clients (id bigint primary key, tenant_id uuid not null, name text);
        create table shop.countries (code text primary key);
        create table shop.orders (
            id bigint generated always as identity primary key,
            tenant_id uuid not null,
            "Number" integer not null,
            client_id bigint references shop.clients,
            country text references shop.countries,
            total shop.price, rate numeric, state shop.state, states shop.state[], tags text[], grid integer[][],
            paid boolean, small smallint, big bigint, ratio real, name varchar(5), fixed char(3), made date, seen timestamp, at timestamptz, hour time,
            zoned timetz, data jsonb, raw bytea, ref uuid, place point, doubled numeric generated always as (rate * 2) stored,
            unique (tenant_id, "Number"));
        create table shop.products (sku text primary key, label text);
        create view shop.sums as select tenant_id, client_id, count(*) as orders from shop.orders group by 1, 2;
        create table shop.parts (id bigint, tenant_id uuid, primary key (id, tenant_id)) partition by hash (tenant_id);
        create table shop.other (id bigint primary key, owner_id integer, code varchar(40) not null, fixed char(36));
        create materialized view shop.kept as select 1 as id;
        """;

    /// <summary>With every right that an entity can need.</summary>
    public static Task<int> GrantAsync(NpgsqlConnection admin) => admin.ExecAsync("""
        grant usage on schema shop to sandbox_data;
        grant select, insert, update, delete on all tables in schema shop to sandbox_data;
        """);

    public static EntityField Read { get; } = new(Read: true, Write: false);

    public static EntityField Write { get; } = new(Read: true, Write: true);

    public static EntityWrite Orders { get; } = new()
    {
        Table = "shop.orders",
        Key = "id",
        TenantColumn = "tenant_id",
        Fields = new Dictionary<string, EntityField> { ["id"] = Read, ["total"] = Write },
        Operations = ["read", "insert", "update", "delete"],
    };

    public static EntityWrite Clients { get; } = new()
    {
        Table = "shop.clients",
        Key = "id",
        TenantColumn = "tenant_id",
        Fields = new Dictionary<string, EntityField> { ["id"] = Write, ["name"] = Write },
        Operations = ["read", "insert"],
    };

    public static EntityWrite Products { get; } = new()
    {
        Table = "shop.products",
        Key = "sku",
        Fields = new Dictionary<string, EntityField> { ["sku"] = Read, ["label"] = Read },
        Operations = ["read"],
    };

    public static EntityWrite With(this EntityWrite entity, string column, EntityField field) =>
        entity with { Fields = new Dictionary<string, EntityField>(entity.Fields!) { [column] = field } };
}
