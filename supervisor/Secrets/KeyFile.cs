using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Secrets;

/// <summary>The key that is not in the database, without which nothing in it opens. AES-256-GCM.</summary>
internal sealed class KeyFile(IOptions<SecretsOptions> options, DataDirectory directory)
{
    private const string Setting = $"{SecretsOptions.Section}:{nameof(SecretsOptions.KeyFile)}";
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly string _configured = options.Value.KeyFile.Trim();
    private byte[]? _key;

    private string FilePath => _configured.Length > 0 ? Path.GetFullPath(_configured) : Path.Combine(directory.Path, "secrets.key");

    /// <summary>Reads the file. A first start makes it, unless its place is configured.</summary>
    /// <param name="isFirstStart">The database holds nothing that is encrypted yet.</param>
    /// <exception cref="StartupException">The file is missing, or holds no key.</exception>
    public void Open(bool isFirstStart)
    {
        if (!File.Exists(FilePath))
        {
            if (_configured.Length > 0)
            {
                throw new StartupException(
                    $"{Setting}: there is no file {FilePath}. " +
                    "Put it back, or make it once for all nodes (head -c 32 /dev/urandom | base64).");
            }

            if (!isFirstStart)
            {
                throw new StartupException(
                    $"{Setting}: the secrets in the database are encrypted under a key file, and {FilePath} is missing. " +
                    $"Put it back, or copy the one of the other nodes and name it by {Setting}.");
            }

            Make();
        }

        _key = Read();
    }

    public byte[] Encrypt(ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceBytes));
        using var aes = Open();
        var (cipher, tag) = (sealedBytes.AsMemory(NonceBytes, plain.Length), sealedBytes.AsMemory(NonceBytes + plain.Length));
        aes.Encrypt(sealedBytes.AsSpan(0, NonceBytes), plain, cipher.Span, tag.Span);
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">It was encrypted under another key, or changed.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes) throw new CryptographicException("The text is too short to be encrypted.");
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = Open();
        aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes[NonceBytes..^TagBytes], sealedBytes[^TagBytes..], plain);
        return plain;
    }

    /// <summary>What to say where the database was encrypted under another key.</summary>
    public StartupException Wrong(Exception inner) => new(
        $"{Setting}: the key in {FilePath} is not the one that the secrets in the database are encrypted under. " +
        $"Put the right file there, or name it by {Setting}; nodes that share a database need the same.", inner);

    private AesGcm Open() => new(_key ?? throw new InvalidOperationException("The key file is used before it is read."), TagBytes);

    private void Make()
    {
        try
        {
            PrivateFile.Write(FilePath, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{Setting}: {FilePath} cannot be written ({e.Message}).", e);
        }
    }

    private byte[] Read()
    {
        try
        {
            var key = Convert.FromBase64String(File.ReadAllText(FilePath).Trim());
            return key.Length == KeyBytes
                ? key
                : throw new StartupException($"{Setting}: {FilePath} holds {key.Length} bytes; it must hold {KeyBytes}, in base64.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StartupException($"{Setting}: {FilePath} cannot be read as {KeyBytes} bytes in base64 ({e.Message}).", e);
        }
    }
}
