using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Scripts;

/// <summary>A draft as it is kept: only what its author wrote.</summary>
internal sealed record StoredDraft(Guid TenantId, Guid ScriptId, DraftAuthor Author, int BaseVersion, DraftWrite Fields, DateTimeOffset UpdatedAt)
{
    public bool IsBy(Principal principal) => Author.Kind == principal.Kind && Author.Id == principal.Id;
}
