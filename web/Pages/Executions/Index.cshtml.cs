using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Executions;

/// <summary>Executions, newest first. Its address is its state: filters and page.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class IndexModel(IExecutions executions, TimeProvider time) : TenantPage
{
    /// <summary>What <see cref="Range"/> may be, with its hours; null: all that is kept.</summary>
    public static readonly IReadOnlyDictionary<string, int?> Ranges = new Dictionary<string, int?>(StringComparer.Ordinal) { ["24h"] = 24, ["7d"] = 168, ["all"] = null };

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Status { get; set; }

    /// <summary>Script id or name.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Script { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    /// <summary>Text in a log line or an error.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true)]
    public string Range { get; set; } = "24h";

    public IReadOnlyList<Execution> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    /// <summary>Beyond the range, which is always there.</summary>
    public bool IsFiltered => Status is not null || Script is not null || Code is not null || Text is not null;

    /// <summary>The address of this list with another status; null: any.</summary>
    public string With(string? status, string? cursor = null) =>
        Tenant.Path("/executions", ("status", status), ("script", Script), ("code", Code), ("text", Text), ("range", Range == "24h" ? null : Range), ("cursor", cursor));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        if (!Ranges.TryGetValue(Range, out var hours)) (Range, hours) = ("24h", 24);
        var filter = new ExecutionFilter
        {
            Status = Enum.TryParse<ExecutionStatus>(Status, ignoreCase: true, out var status) && !int.TryParse(Status, CultureInfo.InvariantCulture, out _) ? status : null,
            Script = Script,
            Code = Code,
            Text = Text,
            From = hours is { } back ? time.GetUtcNow().AddHours(-back) : null,
        };
        if (Take(await executions.ListAsync(Reader, filter, new PageRequest(50, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? With(Status, next) : null;
    }
}
