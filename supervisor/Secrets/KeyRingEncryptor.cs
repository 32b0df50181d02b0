using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Sandbox.Supervisor.Secrets;

/// <summary>Encrypts keys of the key ring under the key file.</summary>
internal sealed class KeyRingEncryptor(KeyFile file) : IXmlEncryptor
{
    public static readonly XName Element = "underKeyFile";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        return new EncryptedXmlInfo(new XElement(Element, Convert.ToBase64String(file.Encrypt(plain))), typeof(KeyRingDecryptor));
    }
}
