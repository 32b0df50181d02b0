using System.Buffers.Binary;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Sandbox.Supervisor.People;

/// <summary>Hashes of passwords, one at a time: each takes a processor for a tenth of a second, and scripts' requests need it too.</summary>
/// <param name="iterations">What one hash costs; tests of other things take few.</param>
internal sealed class Passwords(int iterations = Passwords.Iterations) : IDisposable
{
    public const int LengthMin = 12;
    public const int LengthMax = 200;
    public const int Iterations = 210_000;
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;
    private readonly PasswordHasher<Passwords> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
    private readonly string _nobodys = Nobodys(iterations);
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _hasher.HashPassword(this, password);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whether this is the password. Takes as long where there is none.</summary>
    public async Task<bool> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var isRight = _hasher.VerifyHashedPassword(this, hash ?? _nobodys, password) != PasswordVerificationResult.Failed;
            return isRight && hash is not null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>The framework's third format: version, function, iterations, length of the salt, salt and key.</summary>
    private static string Nobodys(int iterations)
    {
        Span<byte> hash = stackalloc byte[13 + SaltBytes + KeyBytes];
        hash.Clear();
        hash[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(hash[1..], 2);
        BinaryPrimitives.WriteUInt32BigEndian(hash[5..], (uint)iterations);
        BinaryPrimitives.WriteUInt32BigEndian(hash[9..], SaltBytes);
        return Convert.ToBase64String(hash);
    }
}
