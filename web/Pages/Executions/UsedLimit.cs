using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Executions;

/// <summary>How much of one limit an execution used.</summary>
/// <param name="Word">What the limit is called.</param>
/// <param name="Text">The amount, as it is shown.</param>
/// <param name="LimitText">The limit, as it is shown.</param>
/// <param name="Amount">In the unit of the limit.</param>
/// <param name="Limit">More than 0.</param>
public sealed record UsedLimit(string Word, string Text, string LimitText, double Amount, double Limit)
{
    /// <summary>It stands out.</summary>
    public bool IsNear => Amount >= Limit * LimitMeter.NearShare;
}
