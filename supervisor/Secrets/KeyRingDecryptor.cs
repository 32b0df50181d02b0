using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Sandbox.Supervisor.Secrets;

/// <summary>Decrypts what <see cref="KeyRingEncryptor"/> wrote. Data Protection makes it, by the type's name in the database.</summary>
internal sealed class KeyRingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => Decrypt(services.GetRequiredService<KeyFile>(), encryptedElement);

    public static XElement Decrypt(KeyFile file, XElement encrypted) =>
        XElement.Parse(Encoding.UTF8.GetString(file.Decrypt(Convert.FromBase64String(encrypted.Value))));
}
