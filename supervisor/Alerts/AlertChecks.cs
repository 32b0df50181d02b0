using System.Globalization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Email;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Alerts;

/// <summary>What channels and rules may be.</summary>
internal static class AlertChecks
{
    private const int RecipientsMax = 20;
    private const int UrlMax = 2_000;
    private const int ChannelsMax = 10;
    private const int KeyBytesMin = 24;
    private const int KeyBytesMax = 64;

    /// <summary>Every field of a channel that is not acceptable.</summary>
    /// <param name="opensPlainHttp">Whether an operator opened this URL's host as one of a network of his own.</param>
    public static Problem? Complaint(string name, AlertChannelWrite write, bool isKnown, Func<Uri, bool> opensPlainHttp)
    {
        var errors = new List<FieldError>();
        Named(name, errors);
        if (write.Type is not { } type) errors.Add(new FieldError("type", "must be one of email, slack, webhook"));
        else if (type == AlertChannelType.Email) Email(write, errors);
        else Posted(type, write, isKnown, opensPlainHttp, errors);
        return errors.Count > 0 ? Problem.Invalid([.. errors]) : null;
    }

    /// <summary>The rule, or every field that is not acceptable. Its script and channels are looked up by the caller.</summary>
    public static Result<AlertRule> Rule(string name, AlertRuleWrite write)
    {
        var errors = new List<FieldError>();
        Named(name, errors);
        if (write.On is null || !write.On.Any(condition => condition != AlertCondition.Recovery))
            errors.Add(new FieldError("on", $"must be a list with at least one of {string.Join(", ", NamedEnum<AlertCondition>.Names)}; recovery alone is none"));
        if (write.Channels is { Count: > ChannelsMax }) errors.Add(new FieldError("channels", $"are at most {ChannelsMax}"));
        Between("failures", write.Failures, 2, 1_000, errors);
        Between("late_after_s", write.LateAfterS, 10, 86_400, errors);
        Between("dead_letters", write.DeadLetters, 1, 10_000, errors);
        Between("wait_s", write.WaitS, 0, 3_600, errors);
        Between("throttle_s", write.ThrottleS, 0, 86_400, errors);
        if (errors.Count > 0) return Problem.Invalid([.. errors]);
        return new AlertRule(
            name, write.Enabled ?? true, [.. write.On!.Distinct()], null, [.. (write.Kinds ?? []).Distinct()], [.. (write.Channels ?? []).Distinct(StringComparer.Ordinal)],
            write.Failures ?? 3, write.LateAfterS ?? 300, write.DeadLetters ?? 100, write.WaitS ?? 10, write.ThrottleS ?? 300, default, default);
    }

    private static void Named(string name, List<FieldError> errors)
    {
        if (Text.NameComplaint(name) is { } complaint) errors.Add(new FieldError("name", complaint));
    }

    private static void Email(AlertChannelWrite write, List<FieldError> errors)
    {
        if (write.Url is not null) errors.Add(new FieldError("url", "is no field of this type; they are type and to"));
        if (write.Secret is not null) errors.Add(new FieldError("secret", "is no field of this type; they are type and to"));
        if (write.To is null || write.To.Count is 0 or > RecipientsMax)
        {
            errors.Add(new FieldError("to", $"must be a list of 1 to {RecipientsMax} addresses, such as ops@example.com"));
            return;
        }

        for (var i = 0; i < write.To.Count; i++)
            if (Text.HasLoneSurrogate(write.To[i]) || EmailAddresses.Parse(write.To[i]) is null)
                errors.Add(new FieldError(string.Create(CultureInfo.InvariantCulture, $"to[{i}]"), "must be an address such as ops@example.com"));
    }

    private static void Posted(AlertChannelType type, AlertChannelWrite write, bool isKnown, Func<Uri, bool> opensPlainHttp, List<FieldError> errors)
    {
        if (write.To is { Count: > 0 }) errors.Add(new FieldError("to", "is no field of this type"));
        if (write.Url is null)
        {
            if (!isKnown) errors.Add(new FieldError("url", "is missing: https://…"));
        }
        else if (write.Url.Length > UrlMax || write.Url.Any(char.IsControl) || Text.HasLoneSurrogate(write.Url) || !Uri.TryCreate(write.Url, UriKind.Absolute, out var url)
            || url.UserInfo.Length > 0 || url.Fragment.Length > 0 || UrlHost.Parse(url.Host) is null
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && opensPlainHttp(url))))
        {
            errors.Add(new FieldError(
                "url", $"must be a URL of at most {UrlMax} characters that begins with https:// and has no user, password or fragment; http:// is for hosts that an operator opened as private"));
        }

        if (type == AlertChannelType.Slack && write.Secret is not null) errors.Add(new FieldError("secret", "is no field of this type; they are type and url"));
        if (type == AlertChannelType.Webhook && write.Secret is { } secret && !(StandardKey.TryRead(secret, out var key) && key.Length is >= KeyBytesMin and <= KeyBytesMax))
            errors.Add(new FieldError("secret", $"must be whsec_ and base64 of {KeyBytesMin} to {KeyBytesMax} bytes; without it one is made"));
    }

    private static void Between(string field, int? value, int least, int most, List<FieldError> errors)
    {
        if (value < least || value > most) errors.Add(new FieldError(field, string.Create(CultureInfo.InvariantCulture, $"must be {least} to {most}")));
    }
}
