using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>The principal's own two-step sign-in: rules before the store.</summary>
internal sealed class TwoStepService(
    TotpStore store,
    TotpCipher cipher,
    SecondFactor factor,
    PersonStore people,
    PersonService persons,
    Guesses guesses,
    TimeProvider time) : ITwoStep
{
    private static readonly Problem s_none = Problem.NotFound("A token has no account.");
    private static readonly Problem s_on = new(409, Codes.Conflict, "The two-step sign-in is on. Switch it off first.");
    private static readonly Problem s_off = new(409, Codes.Conflict, "The two-step sign-in is off.");
    private static readonly Problem s_notBegun = new(409, Codes.Conflict, "Nothing is to be confirmed: begin the two-step sign-in first.");
    private static readonly FieldError s_wrongCode = new("code", "is not a code that works now");

    public async Task<Result<TotpBegun>> BeginAsync(Principal principal, TotpBegin begin, CancellationToken cancellationToken)
    {
        if (principal.Kind != PrincipalKind.Member) return s_none;
        if (await persons.PasswordRefusalAsync(principal.Id, begin.Password, cancellationToken) is { } refused) return refused;
        if (await people.GetAsync(principal.Id, cancellationToken) is not { } account) return s_none;
        var secret = TotpCodes.NewSecret();
        if (!await store.BeginAsync(principal.Id, cipher.Encrypt(principal.Id, secret), time.GetUtcNow(), cancellationToken)) return s_on;
        var address = TotpCodes.Address(secret, account.Email);
        return new TotpBegun(TotpCodes.Text(secret), address, QrCode.Of(address));
    }

    public async Task<Result<RecoveryCodes>> ConfirmAsync(Principal principal, TotpConfirm confirm, CancellationToken cancellationToken)
    {
        if (principal.Kind != PrincipalKind.Member) return s_none;
        var totp = await store.FindAsync(principal.Id, cancellationToken);
        if (totp is null) return s_notBegun;
        if (totp.IsOn) return s_on;
        var now = time.GetUtcNow();
        var step = TotpCodes.StepOf(cipher.Decrypt(principal.Id, totp.Secret), confirm.Code ?? "", now);
        if (await guesses.RefusalAsync(principal.Id, s_wrongCode, () => Task.FromResult(step is not null), cancellationToken) is { } refused)
            return refused;
        var (codes, hashes) = NewCodes();
        return await store.ConfirmAsync(principal.Id, totp.Secret, step!.Value, hashes, now, cancellationToken)
            ? new RecoveryCodes(codes)
            : s_notBegun;
    }

    public async Task<Result<bool>> EndAsync(Principal principal, TotpEnd end, CancellationToken cancellationToken)
    {
        if (principal.Kind != PrincipalKind.Member) return s_none;
        if (!await factor.IsOnAsync(principal.Id, cancellationToken)) return s_off;
        if (await persons.PasswordRefusalAsync(principal.Id, end.Password, cancellationToken) is { } refused) return refused;
        if (await guesses.RefusalAsync(principal.Id, s_wrongCode, TakesCodeAsync, cancellationToken) is { } wrong) return wrong;
        return await store.DeleteAsync(principal.Id, cancellationToken) ? true : s_off;

        async Task<bool> TakesCodeAsync() => await factor.UseAsync(principal.Id, end.Code ?? "", cancellationToken) != UsedCode.None;
    }

    public async Task<Result<RecoveryCodes>> RenewAsync(Principal principal, RecoveryRenewal renewal, CancellationToken cancellationToken)
    {
        if (principal.Kind != PrincipalKind.Member) return s_none;
        if (await persons.PasswordRefusalAsync(principal.Id, renewal.Password, cancellationToken) is { } refused) return refused;
        var (codes, hashes) = NewCodes();
        return await store.RenewAsync(principal.Id, hashes, cancellationToken) ? new RecoveryCodes(codes) : s_off;
    }

    private static (string[] Codes, byte[][] Hashes) NewCodes()
    {
        var codes = RecoveryCode.NewSet();
        return (codes, [.. codes.Select(code => RecoveryCode.HashOf(code)!)]);
    }
}
