using System.Security.Cryptography.X509Certificates;

namespace Sandbox.Tests.Integration.Email;

/// <summary>A certificate and its key as files, for a server that reads them.</summary>
internal sealed class CertificateFiles : IDisposable
{
    public CertificateFiles(X509Certificate2 certificate)
    {
        using (certificate)
        {
            File.WriteAllText(Certificate, certificate.ExportCertificatePem());
            File.WriteAllText(Key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }
    }

    public string Certificate { get; } = Path.GetTempFileName();

    public string Key { get; } = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(Certificate);
        File.Delete(Key);
    }
}
