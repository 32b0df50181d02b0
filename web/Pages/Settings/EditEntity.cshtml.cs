using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>Opens a table of business data to scripts, or changes how it is opened.</summary>
[Needs(Permissions.SettingsManage)]
public sealed class EditEntityModel(IEntities entities) : TenantPage
{
    private const string Example =
        """
        {
          "id": { "read": true, "write": false },
          "name": { "read": true, "write": true }
        }
        """;

    // The page encodes it; escapes of its own would only be harder to edit.
    private static readonly JsonSerializerOptions s_indented = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of the one to change; null: a new one.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Name { get; set; }

    public Entity? Entity { get; private set; }

    /// <summary>The columns as the API takes them; of a new entity, how that looks.</summary>
    public string FieldsText => Entity is null ? Example : JsonSerializer.Serialize(Entity.Fields, s_indented);

    public bool Has(string operation) => Entity is null ? operation == EntityOperations.Read : Entity.Operations.Contains(operation);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is not null && Name is not null) Entity = Take(await entities.GetAsync(Reader, Name, cancellationToken));
    }
}
