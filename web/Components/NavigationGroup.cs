namespace Sandbox.Web.Components;

/// <summary>Links of the main navigation that stand together.</summary>
/// <param name="Word">What stands above them; null: nothing.</param>
public sealed record NavigationGroup(string? Word, IReadOnlyList<NavigationLink> Links);
