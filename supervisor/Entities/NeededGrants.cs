namespace Sandbox.Supervisor.Entities;

/// <summary>The rights on a table that an entity's statements use: columns to select, to insert and to update, and whether rows are deleted.</summary>
internal sealed record NeededGrants(TableName Table, string[] Select, string[] Insert, string[] Update, bool Delete)
{
    /// <summary>Of an entity: its own table, and what the check of each foreign key reads.</summary>
    public static IReadOnlyCollection<NeededGrants> Of(OpenedEntity entity)
    {
        var tenant = entity.Tenant is { } column ? [column.Name] : Array.Empty<string>();
        var written = entity.Fields.Values.Where(field => field.Write).Select(field => field.Name).ToArray();
        var own = new NeededGrants(
            new TableName(entity.Schema, entity.Table),
            [.. entity.Fields.Values.Where(field => field.Read).Select(field => field.Name), .. tenant],
            entity.Operations.HasFlag(AllowedOperations.Insert) ? [.. written, .. tenant] : [],
            entity.Operations.HasFlag(AllowedOperations.Update) ? written : [],
            entity.Operations.HasFlag(AllowedOperations.Delete));
        var references = entity.Fields.Values.Where(field => field.Write).SelectMany(field => field.References)
            .Select(target => new NeededGrants(new TableName(target.Schema, target.Table), [target.Column, target.Tenant.Name], [], [], Delete: false));
        return [own, .. references];
    }
}
