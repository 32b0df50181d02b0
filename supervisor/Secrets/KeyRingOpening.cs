using System.Security.Cryptography;

namespace Sandbox.Supervisor.Secrets;

/// <summary>
/// Reads the key file and tries it on the key ring before anything is served. Data Protection would answer a key that it cannot open with
/// a new one, and leave the operator with secrets that nobody reads.
/// </summary>
internal sealed class KeyRingOpening(KeyRingStore store, KeyFile file, SecretCipher cipher) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var guard = await store.LockAsync(cancellationToken);
        var elements = store.GetAllElements();
        file.Open(isFirstStart: elements.Count == 0);
        try
        {
            foreach (var encrypted in elements.SelectMany(element => element.Descendants(KeyRingEncryptor.Element)))
                KeyRingDecryptor.Decrypt(file, encrypted);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw file.Wrong(e);
        }

        if (elements.Count == 0) cipher.MakeFirstKey();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
