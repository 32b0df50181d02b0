namespace Sandbox.Protocol.Api;

/// <summary>Begins the two-step sign-in.</summary>
public sealed record TotpBegin
{
    public string? Password { get; init; }
}

/// <summary>What an authenticator app needs. It is told once.</summary>
/// <param name="Secret">In base32.</param>
/// <param name="Address">The same as an <c>otpauth://</c> address.</param>
/// <param name="Qr">The address as a picture.</param>
public sealed record TotpBegun(string Secret, string Address, QrPicture Qr);

/// <summary>A QR code.</summary>
/// <param name="Size">Modules of each side, the quiet border of four included.</param>
/// <param name="Path">The dark modules as the data of an SVG path, one unit a module.</param>
public sealed record QrPicture(int Size, string Path);

/// <summary>Proves that the app has the secret.</summary>
public sealed record TotpConfirm
{
    /// <summary>Six digits.</summary>
    public string? Code { get; init; }
}

/// <summary>Switches the two-step sign-in off.</summary>
public sealed record TotpEnd
{
    public string? Password { get; init; }

    /// <summary>Six digits, or a recovery code.</summary>
    public string? Code { get; init; }
}

/// <summary>Asks for new recovery codes.</summary>
public sealed record RecoveryRenewal
{
    public string? Password { get; init; }
}

/// <summary>Codes that stand in for an app that is lost. Each works once; they are told once.</summary>
public sealed record RecoveryCodes(IReadOnlyList<string> Codes);

/// <summary>
/// The principal's own two-step sign-in. It needs no permission. Every call is a 404 for a token, a 429 after too many wrong passwords or
/// codes, as at the sign-in, and a 422 that names <c>password</c> or <c>code</c>.
/// </summary>
public interface ITwoStep
{
    /// <summary>Makes a secret; one that was begun before and not confirmed does not work any more. 409 where it is on.</summary>
    Task<Result<TotpBegun>> BeginAsync(Principal principal, TotpBegin begin, CancellationToken cancellationToken);

    /// <summary>Switches it on. 409 where it is on, or nothing was begun.</summary>
    Task<Result<RecoveryCodes>> ConfirmAsync(Principal principal, TotpConfirm confirm, CancellationToken cancellationToken);

    /// <summary>Switches it off. 409 where it is off.</summary>
    Task<Result<bool>> EndAsync(Principal principal, TotpEnd end, CancellationToken cancellationToken);

    /// <summary>The former codes do not work any more. 409 where it is off.</summary>
    Task<Result<RecoveryCodes>> RenewAsync(Principal principal, RecoveryRenewal renewal, CancellationToken cancellationToken);
}
