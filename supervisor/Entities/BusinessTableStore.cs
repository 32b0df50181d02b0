using System.Collections.Frozen;
using Dapper;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Entities;

/// <summary>The catalog of PostgreSQL, read with the rights that statements on business tables have.</summary>
internal sealed class BusinessTableStore(Db db)
{
    /// <summary>Null where there is no such table, or it is of a kind that cannot be opened.</summary>
    /// <param name="database">A configured one; null: our own.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<BusinessTable?> FindAsync(string? database, TableName name, CancellationToken cancellationToken)
    {
        const string tables = """
            select c.oid::bigint as Oid, c.relkind::text as Kind, n.nspname::text as Schema, c.relname::text as Name
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname = @schema and c.relname = @name and c.relkind in ('r', 'p', 'v', 'f')
            """;
        await using var connection = await db.OpenForDataAsync(database, cancellationToken);
        var table = await connection.QuerySingleOrDefaultAsync<TableRow>(
            new CommandDefinition(tables, new { schema = name.Schema, name = name.Name }, cancellationToken: cancellationToken));
        return table is null ? null : (await DescribeAsync(connection, [table], cancellationToken))[0];
    }

    /// <summary>Those that may be read, but no partition: its table stands for it. By schema and name.</summary>
    /// <param name="database">A configured one; null: our own.</param>
    /// <param name="among">As <c>schema.table</c>; null: all.</param>
    /// <param name="text">Part of <c>schema.table</c>; null: any.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<Page<BusinessTable>> ListAsync(
        string? database, string[]? among, string? text, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = """
            select t.oid::bigint as Oid, t.kind as Kind, t.schema as Schema, t.name as Name
            from (
                select c.oid, c.relkind::text as kind, n.nspname::text as schema, c.relname::text as name,
                    (n.nspname::text || '.' || c.relname::text) collate "C" as whole
                from pg_catalog.pg_class c
                join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p', 'v', 'f') and not c.relispartition
                    and n.nspname::text <> all(@closed) and pg_catalog.left(n.nspname::text, pg_catalog.length(@prefix)) <> @prefix
                    and pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_any_column_privilege(c.oid, 'select')
            ) t
            where (@among::text[] is null or t.whole = any(@among::text[])) and t.whole > @after
                and pg_catalog.strpos(pg_catalog.lower(t.whole), pg_catalog.lower(@text)) > 0
            order by t.whole
            limit @take
            """;
        var after = page.Cursor is null ? "" : Cursor.ReadKey(page.Cursor);
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var connection = await db.OpenForDataAsync(database, cancellationToken);
        var rows = (await connection.QueryAsync<TableRow>(new CommandDefinition(
            sql,
            new { closed = TableName.Closed.ToArray(), prefix = TableName.ClosedPrefix, among, text = text ?? "", after, take = limit + 1 },
            cancellationToken: cancellationToken))).AsList();
        var found = rows.Take(limit).ToArray();
        var next = rows.Count > limit ? Cursor.Of(new TableName(found[^1].Schema, found[^1].Name).ToString()) : null;
        return new Page<BusinessTable>(await DescribeAsync(connection, found, cancellationToken), next);
    }

    /// <summary>The GRANT statements that are lacking, one for each kind of right. Empty: everything is granted.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<IReadOnlyList<string>> MissingGrantsAsync(
        string? database, IReadOnlyCollection<NeededGrants> needed, CancellationToken cancellationToken)
    {
        // The statements are written by PostgreSQL itself, so that it quotes every name. The case keeps has_sequence_privilege, which
        // refuses anything but a sequence, from the table's indexes.
        const string sql = """
            with class as (
                select c.oid, n.oid as schema
                from pg_catalog.pg_class c
                join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = @schema and c.relname = @name
            )
            select pg_catalog.format('grant usage on schema %I to %I', @schema, current_user)
            from class where not pg_catalog.has_schema_privilege(class.schema, 'usage')
            union all
            select pg_catalog.format('grant %s (%s) on %I.%I to %I', r.what,
                pg_catalog.string_agg(pg_catalog.quote_ident(r.col), ', ' order by r.col), @schema, @name, current_user)
            from class
            cross join (
                select 'select' as what, s.col from pg_catalog.unnest(@select) s(col)
                union all select 'insert', i.col from pg_catalog.unnest(@insert) i(col)
                union all select 'update', u.col from pg_catalog.unnest(@update) u(col)
            ) r
            where not pg_catalog.has_column_privilege(class.oid, r.col, r.what)
            group by r.what
            union all
            select pg_catalog.format('grant delete on %I.%I to %I', @schema, @name, current_user)
            from class where @delete and not pg_catalog.has_table_privilege(class.oid, 'delete')
            union all
            select pg_catalog.format('grant usage on sequence %I.%I to %I', n.nspname, s.relname, current_user)
            from class
            join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = class.oid
                and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'a'
            join pg_catalog.pg_class s on s.oid = d.objid
            join pg_catalog.pg_namespace n on n.oid = s.relnamespace
            where pg_catalog.cardinality(@insert) > 0
                and case when s.relkind = 'S' then not pg_catalog.has_sequence_privilege(s.oid, 'usage') else false end
            """;
        await using var connection = await db.OpenForDataAsync(database, cancellationToken);
        var missing = new List<string>();
        foreach (var table in needed)
        {
            missing.AddRange(await connection.QueryAsync<string>(new CommandDefinition(
                sql,
                new { schema = table.Table.Schema, name = table.Table.Name, table.Select, table.Insert, table.Update, table.Delete },
                cancellationToken: cancellationToken)));
        }

        return missing;
    }

    /// <summary>Tries each statement as the login of our own database. One that is refused has no effect; whoever asks again sees it.</summary>
    /// <param name="grants">Of <see cref="MissingGrantsAsync"/>.</param>
    public async Task GrantAsync(IReadOnlyList<string> grants, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsLoginAsync(cancellationToken);
        foreach (var grant in grants)
        {
            try
            {
                await connection.ExecuteAsync(new CommandDefinition(grant, cancellationToken: cancellationToken));
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                // The owner has to do it: the caller is told the statement.
            }
        }
    }

    private const string UniqueKeys = """
        select i.indrelid::bigint as Oid, array(
            select a.attname::text
            from pg_catalog.generate_series(0, i.indnkeyatts - 1) k
            join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k]
            order by k) as Columns
        from pg_catalog.pg_index i
        where i.indrelid = any(@oids::oid[]) and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
        order by i.indrelid, i.indisprimary desc, i.indexrelid
        """;

    // A key that refers to a partitioned table has a further row for each of its partitions.
    private const string ForeignKeys = """
        select f.conrelid::bigint as Oid, n.nspname::text as TargetSchema, c.relname::text as TargetTable,
            array(select a.attname::text from pg_catalog.unnest(f.conkey) with ordinality k(num, place)
                join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.num order by k.place) as Columns,
            array(select a.attname::text from pg_catalog.unnest(f.confkey) with ordinality k(num, place)
                join pg_catalog.pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.num order by k.place) as TargetColumns
        from pg_catalog.pg_constraint f
        join pg_catalog.pg_class c on c.oid = f.confrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where f.conrelid = any(@oids::oid[]) and f.contype = 'f'
            and not exists (select from pg_catalog.pg_constraint p where p.oid = f.conparentid and p.conrelid = f.conrelid)
        order by f.conname
        """;

    // Domains are followed to their base type; the innermost modifier counts, as in getBaseTypeAndTypmod of lsyscache.c.
    private const string Columns = """
        with recursive base as (
            select a.attrelid, a.attnum, a.atttypid as type, a.atttypmod as modifier, a.attnotnull as has_value, a.atthasdef or a.attidentity <> '' as has_default
            from pg_catalog.pg_attribute a
            where a.attrelid = any(@oids::oid[]) and a.attnum > 0 and not a.attisdropped
            union all
            select b.attrelid, b.attnum, d.typbasetype, d.typtypmod, b.has_value or d.typnotnull, b.has_default or d.typdefault is not null
            from base b
            join pg_catalog.pg_type d on d.oid = b.type
            where d.typtype = 'd'
        )
        select a.attrelid::bigint as Oid, a.attnum::int as Place, a.attname::text as Name, pg_catalog.format_type(a.atttypid, a.atttypmod) as Shown,
            a.attidentity = 'a' or a.attgenerated <> '' as IsGenerated, b.modifier as Modifier, not b.has_value as IsNullable, b.has_default as HasDefault,
            e.typname::text as Element, e.typtype::text as ElementKind, n.nspname = 'pg_catalog' as IsBuiltIn,
            e.oid <> t.oid as IsArray, a.attndims > 1 as HasDimensions,
            case when n.nspname = 'pg_catalog' then pg_catalog.format_type(e.oid, -1)
                else pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(e.typname) end as ElementSql,
            array(select l.enumlabel::text from pg_catalog.pg_enum l where l.enumtypid = e.oid order by l.enumsortorder) as Labels
        from base b
        join pg_catalog.pg_type t on t.oid = b.type and t.typtype <> 'd'
        join pg_catalog.pg_attribute a on a.attrelid = b.attrelid and a.attnum = b.attnum
        join pg_catalog.pg_type e on e.oid = coalesce((select x.oid from pg_catalog.pg_type x where x.oid = t.typelem and x.typarray = t.oid), t.oid)
        join pg_catalog.pg_namespace n on n.oid = e.typnamespace
        order by a.attnum
        """;

    private static async Task<IReadOnlyList<BusinessTable>> DescribeAsync(
        NpgsqlConnection connection, IReadOnlyCollection<TableRow> tables, CancellationToken cancellationToken)
    {
        var oids = tables.Select(table => table.Oid).ToArray();
        var keys = (await QueryAsync<KeyRow>(connection, UniqueKeys, oids, cancellationToken))
            .ToLookup(key => key.Oid, key => (IReadOnlyList<string>)key.Columns);
        var foreign = (await QueryAsync<ForeignKeyRow>(connection, ForeignKeys, oids, cancellationToken))
            .ToLookup(key => key.Oid, key => new BusinessForeignKey(key.Columns, key.TargetSchema, key.TargetTable, key.TargetColumns));
        var columns = (await QueryAsync<ColumnRow>(connection, Columns, oids, cancellationToken)).ToLookup(column => column.Oid, ColumnOf);
        return
        [
            .. tables.Select(table => new BusinessTable(
                table.Schema,
                table.Name,
                KindOf(table.Kind),
                columns[table.Oid].ToFrozenDictionary(column => column.Name, StringComparer.Ordinal),
                [.. keys[table.Oid]],
                [.. foreign[table.Oid]])),
        ];
    }

    private static Task<IEnumerable<T>> QueryAsync<T>(NpgsqlConnection connection, string sql, long[] oids, CancellationToken cancellationToken) =>
        connection.QueryAsync<T>(new CommandDefinition(sql, new { oids }, cancellationToken: cancellationToken));

    private static BusinessColumn ColumnOf(ColumnRow row)
    {
        var kind = row.HasDimensions ? null : ColumnTypes.Of(row.Element, row.IsBuiltIn, row.ElementKind == "e", row.Modifier);
        var type = kind is { } known ? new ColumnType(known, row.IsArray ? row.ElementSql + "[]" : row.ElementSql, row.IsArray, row.Labels) : null;
        return new BusinessColumn(row.Name, type, row.HasDimensions ? row.Shown + "[]" : row.Shown, row.IsGenerated)
        {
            IsNullable = row.IsNullable,
            HasDefault = row.HasDefault,
            Place = row.Place,
        };
    }

    private static TableKind KindOf(string kind) => kind switch
    {
        "r" or "p" => TableKind.Table,
        "v" => TableKind.View,
        "f" => TableKind.Foreign,
        _ => throw new InvalidOperationException($"The catalog was not asked for relations of kind '{kind}'."),
    };

    private sealed class TableRow
    {
        public required long Oid { get; init; }
        public required string Kind { get; init; }
        public required string Schema { get; init; }
        public required string Name { get; init; }
    }

    private sealed class KeyRow
    {
        public required long Oid { get; init; }
        public required string[] Columns { get; init; }
    }

    private sealed class ForeignKeyRow
    {
        public required long Oid { get; init; }
        public required string TargetSchema { get; init; }
        public required string TargetTable { get; init; }
        public required string[] Columns { get; init; }
        public required string[] TargetColumns { get; init; }
    }

    private sealed class ColumnRow
    {
        public required long Oid { get; init; }
        public required int Place { get; init; }
        public required string Name { get; init; }
        public required string Shown { get; init; }
        public required bool IsGenerated { get; init; }
        public required bool IsNullable { get; init; }
        public required bool HasDefault { get; init; }
        public required int Modifier { get; init; }
        public required string Element { get; init; }
        public required string ElementKind { get; init; }
        public required bool IsBuiltIn { get; init; }
        public required bool IsArray { get; init; }
        public required bool HasDimensions { get; init; }
        public required string ElementSql { get; init; }
        public required string[] Labels { get; init; }
    }
}
