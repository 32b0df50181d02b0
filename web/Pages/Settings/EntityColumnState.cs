namespace Sandbox.Web.Pages.Settings;

/// <summary>What is to be said of a column in the form of an entity.</summary>
public enum EntityColumnState
{
    Usable = 1,

    /// <summary>PostgreSQL itself makes its value.</summary>
    Generated,

    /// <summary>Scripts cannot use values of its type.</summary>
    Unusable,

    /// <summary>The supervisor alone reads and writes it.</summary>
    Tenant,

    /// <summary>By its name and type it holds the tenant's id.</summary>
    GuessedTenant,

    /// <summary>The entity opens it, and the table has it no longer.</summary>
    Gone,
}
