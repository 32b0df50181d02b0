using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>A column in the form of an entity.</summary>
/// <param name="Type">As PostgreSQL shows it; null: the table cannot be seen.</param>
/// <param name="ScriptType">What a script sees; null: it cannot use the column, or the table cannot be seen.</param>
/// <param name="State">What is to be said of the column.</param>
/// <param name="MayRead">It has a box for reading.</param>
/// <param name="MayWrite">It has a box for writing.</param>
/// <param name="Read">The box for reading is set.</param>
/// <param name="Write">The box for writing is set.</param>
public sealed record EntityFormRow(
    string Name, string? Type, string? ScriptType, EntityColumnState State, bool MayRead, bool MayWrite, bool Read, bool Write)
{
    public static EntityFormRow Of(EntityTableColumn column, EntityTable table, Entity? entity)
    {
        var tenant = entity is null ? table.TenantColumn : entity.TenantColumn;
        var field = entity?.Fields.GetValueOrDefault(column.Name)
            ?? new EntityField(entity is null && column.Name == table.Key, Write: false);
        var state = column.ScriptType is null ? EntityColumnState.Unusable
            : column.Name == tenant && entity is null && table.TenantColumnIsGuess ? EntityColumnState.GuessedTenant
            : column.Name == tenant ? EntityColumnState.Tenant
            : column.IsGenerated ? EntityColumnState.Generated
            : EntityColumnState.Usable;
        var usable = state is not (EntityColumnState.Unusable or EntityColumnState.Tenant);
        return new EntityFormRow(
            column.Name,
            column.Type,
            column.ScriptType,
            state,
            MayRead: usable,
            MayWrite: usable && !column.IsGenerated && table.Kind != "view",
            field.Read,
            field.Write);
    }

    /// <summary>A column that the entity opens and that the table does not show.</summary>
    public static EntityFormRow Unseen(string name, EntityField field, bool isGone) =>
        new(name, null, null, isGone ? EntityColumnState.Gone : EntityColumnState.Usable, !isGone, !isGone, field.Read, field.Write);
}
