using System.Globalization;
using System.Text.RegularExpressions;

namespace Sandbox.Bench;

/// <summary>One run of wrk against a loopback address.</summary>
/// <param name="PerSecond">Requests.</param>
/// <param name="Failed">Answers outside 200–399, and socket errors.</param>
internal sealed partial record Wrk(double PerSecond, double P50Ms, double P99Ms, long Requests, long Failed)
{
    public static async Task<Wrk> RunAsync(Uri url, int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        if (!url.IsLoopback) throw new InvalidOperationException($"{url} is not on this machine.");
        var output = await ChildProcess.OutputAsync(
            "wrk", ["-t1", $"-c{connections}", $"-d{time.TotalSeconds:F0}s", "--latency", "--timeout", "10s", url.ToString()], cancellationToken);
        var errors = SocketErrors().Match(output);
        return new Wrk(
            Number(RequestsPerSecond().Match(output), output),
            Latency(output, "50"),
            Latency(output, "99"),
            (long)Number(RequestCount().Match(output), output),
            Whole(BadStatus().Match(output).Groups["n"].Value) + errors.Groups["n"].Captures.Sum(capture => Whole(capture.Value)));
    }

    private static double Number(Match match, string output) => match.Success
        ? double.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"wrk printed something else than expected: {output}");

    private static long Whole(string digits) => digits.Length == 0 ? 0 : long.Parse(digits, CultureInfo.InvariantCulture);

    private static double Latency(string output, string percent)
    {
        var match = LatencyLine().Matches(output).FirstOrDefault(line => line.Groups["p"].Value == percent)
            ?? throw new InvalidOperationException($"wrk printed no latencies: {output}");
        var value = double.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "us" => value / 1_000,
            "ms" => value,
            "s" => value * 1_000,
            var unit => throw new InvalidOperationException($"wrk's unit {unit} is unknown."),
        };
    }

    [GeneratedRegex(@"Requests/sec:\s+(?<n>[\d.]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex RequestsPerSecond();

    [GeneratedRegex(@"^\s+(?<n>\d+) requests in", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex RequestCount();

    [GeneratedRegex(@"^\s+(?<p>\d+)%\s+(?<n>[\d.]+)(?<unit>us|ms|s)\s*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex LatencyLine();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (?<n>\d+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex BadStatus();

    [GeneratedRegex(@"Socket errors: connect (?<n>\d+), read (?<n>\d+), write (?<n>\d+), timeout (?<n>\d+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex SocketErrors();
}
