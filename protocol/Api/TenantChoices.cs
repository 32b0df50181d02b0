namespace Sandbox.Protocol.Api;

/// <summary>
/// The tenants that a page's reader may act in. The supervisor puts them among the request's features where there are several, and for a
/// superadmin; it decides again when one of them is entered.
/// </summary>
/// <param name="Tenants">By name; for a superadmin the present one alone.</param>
/// <param name="HasAll">The reader may act in every tenant, and a page lists them all.</param>
public sealed record TenantChoices(IReadOnlyList<TenantChoice> Tenants, bool HasAll);
