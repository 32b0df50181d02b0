using System.Text.RegularExpressions;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>A parsed route template. Literals match by exact case, a parameter one segment, a catch-all the rest (which may be nothing).</summary>
internal sealed partial class RouteTemplate
{
    private const int LengthMax = 500;
    private const int SegmentsMax = 30;

    private RouteTemplate(string text, IReadOnlyList<RouteSegment> segments) => (Text, Segments) = (text, segments);

    public string Text { get; }
    public IReadOnlyList<RouteSegment> Segments { get; }

    /// <summary>Two templates of one shape match the same paths, whatever their parameters are called.</summary>
    public string Shape => "/" + string.Join('/', Segments.Select(segment => segment.Kind switch
    {
        RouteSegmentKind.Literal => segment.Text,
        RouteSegmentKind.Parameter => "{}",
        RouteSegmentKind.CatchAll => "{*}",
        _ => throw new InvalidOperationException(segment.Kind.ToString()),
    }));

    public static Result<RouteTemplate> Parse(string text)
    {
        if (!text.StartsWith('/')) return Wrong("must begin with /");
        if (text.Length > LengthMax) return Wrong($"is longer than {LengthMax} characters");

        var parts = text.Length == 1 ? [] : text[1..].TrimEnd('/').Split('/');
        if (parts.Length > SegmentsMax) return Wrong($"has more than {SegmentsMax} segments");

        var segments = new List<RouteSegment>(parts.Length);
        foreach (var part in parts)
        {
            if (segments is [.., { Kind: RouteSegmentKind.CatchAll }]) return Wrong("must end with its catch-all");
            if (Segment(part) is not { } segment) return Wrong($"has a segment '{part}' that is neither a literal, {{name}} nor {{*name}}");
            if (segment.Kind != RouteSegmentKind.Literal && segments.Exists(earlier => earlier.Kind != RouteSegmentKind.Literal && earlier.Text == segment.Text))
                return Wrong($"names the parameter {segment.Text} twice");
            segments.Add(segment);
        }

        return new RouteTemplate(text, segments);
    }

    private static RouteSegment? Segment(string part)
    {
        var parameter = ParameterGrammar().Match(part);
        if (parameter.Success) return new RouteSegment(parameter.Groups["all"].Success ? RouteSegmentKind.CatchAll : RouteSegmentKind.Parameter, parameter.Groups["name"].Value);
        return part is "." or ".." || !LiteralGrammar().IsMatch(part) ? null : new RouteSegment(RouteSegmentKind.Literal, part);
    }

    private static Problem Wrong(string why) => Problem.Invalid(new FieldError("trigger.path", why));

    [GeneratedRegex(@"\A\{(?<all>\*)?(?<name>[A-Za-z_][A-Za-z0-9_]{0,63})\}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ParameterGrammar();

    // RFC 3986 unreserved and sub-delims, ':' and '@'; a literal with other characters would need its encoded form, which invites two spellings.
    [GeneratedRegex(@"\A[A-Za-z0-9._~!$&'()*+,;=:@-]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LiteralGrammar();
}

internal enum RouteSegmentKind
{
    Literal,
    Parameter,
    CatchAll,
}

/// <param name="Text">The literal, or the parameter's name.</param>
internal readonly record struct RouteSegment(RouteSegmentKind Kind, string Text);
