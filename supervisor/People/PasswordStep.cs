using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>What an e-mail and a password led to.</summary>
internal sealed record PasswordStep
{
    /// <summary>The person of the e-mail, whether or not the password is right; null: there is none.</summary>
    public Person? Person { get; init; }

    /// <summary>Why it leads no further; null: the password is right.</summary>
    public Problem? Problem { get; init; }

    /// <summary>The password is right, and a code is asked for.</summary>
    public bool NeedsCode { get; init; }

    /// <summary>This attempt locked the account.</summary>
    public bool Locks { get; init; }
}
