namespace Sandbox.Supervisor.Listeners;

/// <summary>Section <c>Sandbox:Listen</c>: where the product is reached. A port of 0 takes a free one.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Sandbox:Listen";

    /// <summary>Admin pages, <c>/api/v1</c>, <c>/healthz</c>, <c>/readyz</c>. Also the address that links and <c>demo.env</c> show.</summary>
    public string Admin { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Scripts' own HTTP endpoints and nothing else: another origin than the admin's.</summary>
    public string Endpoints { get; set; } = "http://127.0.0.1:8081";

    /// <summary>Prometheus, at <c>/metrics</c>.</summary>
    public string Metrics { get; set; } = "http://127.0.0.1:9464";

    /// <summary>Path of a Unix socket that serves <c>/api/v1</c> to this machine; empty: none.</summary>
    public string Socket { get; set; } = "";
}
