using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>An entry of the audit as a sentence: who did or tried what to what.</summary>
/// <param name="entry">What is told.</param>
/// <param name="words">A sentence's key has {0} for the actor, {1} for the target and {2} for the action.</param>
public sealed class AuditSentence(AuditEntry entry, IStringLocalizer words) : IHtmlContent
{
    private static readonly Dictionary<string, string> s_done = new(StringComparer.Ordinal)
    {
        ["create"] = "{0} made {1}",
        ["update"] = "{0} changed {1}",
        ["put"] = "{0} set {1}",
        ["delete"] = "{0} deleted {1}",
        ["remove"] = "{0} removed {1}",
        ["revoke"] = "{0} revoked {1}",
        ["publish"] = "{0} published {1}",
        ["rollback"] = "{0} rolled back {1}",
        ["enable"] = "{0} enabled {1}",
        ["disable"] = "{0} disabled {1}",
        ["pause"] = "{0} paused {1}",
        ["resume"] = "{0} resumed {1}",
        ["suspend"] = "{0} suspended {1}",
        ["test"] = "{0} tested {1}",
        ["resolve"] = "{0} resolved {1}",
        ["ignore"] = "{0} ignored {1}",
        ["reopen"] = "{0} reopened {1}",
        ["cancel"] = "{0} cancelled {1}",
        ["replay"] = "{0} replayed {1}",
        ["discard"] = "{0} discarded {1}",
        ["sign_in"] = "{0} signed in",
        ["lock"] = "Too many wrong passwords or codes locked {1}",
        ["recovery_code"] = "{0} used a recovery code",
        ["totp_on"] = "{0} switched the two-step sign-in on",
        ["totp_off"] = "{0} switched the two-step sign-in off",
        ["totp_reset"] = "{0} reset the two-step sign-in of {1}",
    };

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var format = words[Format()].Value;
        var (at, open) = (0, format.IndexOf('{', StringComparison.Ordinal));
        while (open >= 0)
        {
            encoder.Encode(writer, format, at, open - at);
            switch (format.AsSpan(open, 3))
            {
                case "{0}": Bold(writer, encoder, entry.Actor.Name); break;
                case "{1}": Target(writer, encoder); break;
                case "{2}": Action(writer, encoder); break;
                default: throw new FormatException(format);
            }

            at = open + 3;
            open = format.IndexOf('{', at);
        }

        encoder.Encode(writer, format, at, format.Length - at);
    }

    private string Format() => entry.Outcome switch
    {
        AuditOutcome.Done => entry.Target is null ? "{0} did {2}"
            : s_done.GetValueOrDefault(entry.Action[(entry.Action.LastIndexOf('.') + 1)..], "{0} did {2} to {1}"),
        AuditOutcome.Refused => entry.Target is null ? "{0} was refused {2}" : "{0} was refused {2} of {1}",
        AuditOutcome.Failed => entry.Target is null ? "{0} tried {2}, and it failed" : "{0} tried {2} of {1}, and it failed",
        _ => throw new InvalidOperationException(entry.Outcome.ToString()),
    };

    private void Target(TextWriter writer, HtmlEncoder encoder)
    {
        var target = entry.Target!;
        encoder.Encode(writer, words[$"the {target.Kind.Replace('_', ' ')}"].Value);
        if ((target.Name ?? target.Id?.ToString()) is not { } name) return;
        writer.Write(' ');
        Bold(writer, encoder, name);
    }

    private void Action(TextWriter writer, HtmlEncoder encoder)
    {
        writer.Write("<span class=\"mono\">");
        encoder.Encode(writer, entry.Action);
        writer.Write("</span>");
    }

    private static void Bold(TextWriter writer, HtmlEncoder encoder, string text)
    {
        writer.Write("<b><bdi>");
        encoder.Encode(writer, Visible.Of(text));
        writer.Write("</bdi></b>");
    }
}
