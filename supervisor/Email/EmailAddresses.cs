using MimeKit;

namespace Sandbox.Supervisor.Email;

/// <summary>Addresses as people write them: <c>a@example.com</c> or <c>Ada &lt;a@example.com&gt;</c>.</summary>
internal static class EmailAddresses
{
    private const int LengthMax = 320;

    private static readonly ParserOptions s_strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict,
        AllowAddressesWithoutDomain = false,
        AllowUnquotedCommasInAddresses = false,
    };

    /// <summary>Null where it is none, or more than one.</summary>
    public static MailboxAddress? Parse(string text) =>
        text.Length <= LengthMax && !text.Any(char.IsControl) && MailboxAddress.TryParse(s_strict, text, out var address)
        && address.Address.IndexOf('@') > 0 && !address.Address.EndsWith('@')
            ? address
            : null;
}
