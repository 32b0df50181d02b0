namespace Sandbox.Supervisor.People;

/// <summary>Takes codes of a person whose two-step sign-in is on, each once.</summary>
internal sealed class SecondFactor(TotpStore store, TotpCipher cipher, TimeProvider time)
{
    public async Task<bool> IsOnAsync(Guid personId, CancellationToken cancellationToken) =>
        await store.FindAsync(personId, cancellationToken) is { IsOn: true };

    /// <summary>Uses up the code of an app, or a recovery code.</summary>
    public async Task<UsedCode> UseAsync(Guid personId, string code, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(personId, cancellationToken) is not { IsOn: true } totp) return UsedCode.None;
        if (TotpCodes.StepOf(cipher.Decrypt(personId, totp.Secret), code, time.GetUtcNow()) is { } step)
            return await store.UseStepAsync(personId, step, cancellationToken) ? UsedCode.App : UsedCode.None;
        return RecoveryCode.HashOf(code) is { } hash && await store.UseRecoveryCodeAsync(personId, hash, cancellationToken)
            ? UsedCode.Recovery
            : UsedCode.None;
    }
}
