using System.Text.Json;
using MimeKit;
using MimeKit.Utils;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Email;

/// <summary>A message of a script, its arguments checked: <c>{to, cc?, subject, text?, html?, replyTo?}</c>.</summary>
internal sealed record OutgoingMessage(IReadOnlyList<MailboxAddress> To, IReadOnlyList<MailboxAddress> Cc, MailboxAddress? ReplyTo, string Subject, string? Text, string? Html)
{
    private const int RecipientsMax = 50;
    private const int SubjectMax = 998;
    private const int BodyMax = 5 * 1024 * 1024;
    private static readonly string[] s_fields = ["to", "cc", "subject", "text", "html", "replyTo"];

    /// <exception cref="CallRefusedException">What is wrong with it; then nothing is sent.</exception>
    public static OutgoingMessage Read(BrokerCall call)
    {
        if (call.Argument(0) is not { ValueKind: JsonValueKind.Object } given) throw call.Invalid("the message must be an object: {to, subject, text}");
        foreach (var field in given.EnumerateObject())
            if (Array.IndexOf(s_fields, field.Name) < 0) throw call.Invalid($"there is no field {JsonText.Cut(field.Name, 100)}; there are {string.Join(", ", s_fields)}");
        var message = new OutgoingMessage(
            Addresses(call, given, "to"), Addresses(call, given, "cc"), Addresses(call, given, "replyTo") switch { [] => null, [var one] => one, _ => throw call.Invalid("replyTo must be one address") },
            Line(call, given, "subject", SubjectMax) ?? throw call.Invalid("subject is missing"), Body(call, given, "text"), Body(call, given, "html"));
        if (message.To.Count == 0) throw call.Invalid("to is missing: an address, or a list of them");
        if (message.To.Count + message.Cc.Count > RecipientsMax) throw call.Invalid($"to and cc have {message.To.Count + message.Cc.Count} addresses; at most {RecipientsMax} are allowed");
        return message.Text is null && message.Html is null ? throw call.Invalid("text and html are missing; one of them is needed") : message;
    }

    public MimeMessage ToMime(EmailSettings settings, DateTimeOffset now)
    {
        var from = new MailboxAddress(settings.FromName ?? "", settings.FromAddress);
        var message = new MimeMessage
        {
            Subject = Subject,
            Date = now,
            MessageId = MimeUtils.GenerateMessageId(from.Domain),
            Body = new BodyBuilder { TextBody = Text, HtmlBody = Html }.ToMessageBody(),
        };
        message.From.Add(from);
        message.To.AddRange(To);
        message.Cc.AddRange(Cc);
        if (ReplyTo is not null) message.ReplyTo.Add(ReplyTo);
        return message;
    }

    private static JsonElement? Field(JsonElement message, string name) => message.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static List<MailboxAddress> Addresses(BrokerCall call, JsonElement message, string name)
    {
        var addresses = new List<MailboxAddress>();
        if (Field(message, name) is not { } given) return addresses;
        IEnumerable<JsonElement> items = given.ValueKind == JsonValueKind.Array ? given.EnumerateArray() : [given];
        foreach (var item in items)
        {
            var text = item.ValueKind == JsonValueKind.String ? JsonText.Decode(item.GetRawText()) : null;
            if (text is null || EmailAddresses.Parse(text) is not { } address)
                throw call.Invalid($"{name} holds what is no address ({JsonText.Cut(text ?? item.GetRawText(), 100)}); write ada@example.com or Ada <ada@example.com>, several as a list");
            addresses.Add(address);
        }

        return addresses;
    }

    /// <summary>A text of one line: what would begin a header of its own is refused.</summary>
    private static string? Line(BrokerCall call, JsonElement message, string name, int charactersMax)
    {
        if (Field(message, name) is not { } given) return null;
        var text = given.ValueKind == JsonValueKind.String ? JsonText.Decode(given.GetRawText()) : null;
        if (text is null || text.Any(char.IsControl) || Rest.Text.HasLoneSurrogate(text)) throw call.Invalid($"{name} must be a string without line breaks and control characters");
        return text.Length <= charactersMax ? text : throw call.Invalid($"{name} has {text.Length} characters; at most {charactersMax} are allowed");
    }

    private static string? Body(BrokerCall call, JsonElement message, string name)
    {
        if (Field(message, name) is not { } given) return null;
        var text = given.ValueKind == JsonValueKind.String ? JsonText.Decode(given.GetRawText()) : null;
        if (text is null || text.Contains('\0', StringComparison.Ordinal) || Rest.Text.HasLoneSurrogate(text)) throw call.Invalid($"{name} must be a string without NUL and lone surrogates");
        return text.Length <= BodyMax ? text : throw call.Invalid($"{name} has {text.Length} characters; at most {BodyMax} are sent");
    }
}
