namespace Sandbox.Web.Components;

/// <summary>A part of a bar.</summary>
/// <param name="Class">A class of the stylesheet that fills it.</param>
public sealed record ChartPart(string Class, long Count);
