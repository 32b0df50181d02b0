using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.DeadLetters;

/// <summary>Durable executions that used up their attempts, newest first. Its address is its state: filters and page.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class IndexModel(IDeadLetters letters, TimeProvider time) : TenantPage
{
    /// <summary>In the address: every state.</summary>
    public const string AnyState = "all";

    /// <summary>What <see cref="Range"/> may be, with its hours; null: all that is kept.</summary>
    public static readonly IReadOnlyDictionary<string, int?> Ranges = new Dictionary<string, int?>(StringComparer.Ordinal) { ["24h"] = 24, ["7d"] = 168, ["all"] = null };

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>Null: those that wait for a person.</summary>
    [BindProperty(SupportsGet = true)]
    public string? State { get; set; }

    /// <summary>Script id or name.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Script { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true)]
    public string Range { get; set; } = "all";

    public IReadOnlyList<DeadLetter> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    /// <summary>Beyond the state, which is always there.</summary>
    public bool IsFiltered => Script is not null || Kind is not null || Code is not null || Range != "all";

    /// <summary>The address of this list with another state; null: open.</summary>
    public string With(string? state, string? cursor = null) =>
        Tenant.Path(
            "/dead-letters",
            ("state", state),
            ("script", Script),
            ("kind", Kind),
            ("code", Code),
            ("range", Range == "all" ? null : Range),
            ("cursor", cursor));

    public static string WordOf(DeadLetterState state) => state switch
    {
        DeadLetterState.Open => "Open",
        DeadLetterState.Replayed => "Replayed",
        DeadLetterState.Discarded => "Discarded",
        _ => throw new InvalidOperationException(state.ToString()),
    };

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        if (!Ranges.TryGetValue(Range, out var hours)) (Range, hours) = ("all", null);
        if (State != AnyState && Named<DeadLetterState>(State) is null) State = null;
        var filter = new DeadLetterFilter(
            Script,
            Named<ScriptKind>(Kind),
            State == AnyState ? null : Named<DeadLetterState>(State) ?? DeadLetterState.Open,
            Code,
            hours is { } back ? time.GetUtcNow().AddHours(-back) : null,
            null);
        if (Take(await letters.ListAsync(Reader, filter, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? With(State, next) : null;
    }

    /// <summary>The value of this name; null where there is none. A number is no name.</summary>
    private static T? Named<T>(string? name) where T : struct, Enum =>
        Enum.GetValues<T>().Where(value => string.Equals(value.ToString(), name, StringComparison.OrdinalIgnoreCase)).Select(value => (T?)value).FirstOrDefault();
}
