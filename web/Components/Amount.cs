using System.Globalization;

namespace Sandbox.Web.Components;

/// <summary>Durations and sizes as people read them.</summary>
public static class Amount
{
    /// <param name="milliseconds">Null: a dash.</param>
    public static string Duration(double? milliseconds) => milliseconds switch
    {
        null => "–",
        < 1 => $"{Number(milliseconds.Value, "0.##")} ms",
        < 1_000 => $"{Number(milliseconds.Value, "0")} ms",
        < 60_000 => $"{Number(milliseconds.Value / 1_000, "0.00")} s",
        < 3_600_000 => $"{(int)(milliseconds.Value / 60_000)} min {(int)(milliseconds.Value / 1_000 % 60)} s",
        _ => $"{(int)(milliseconds.Value / 3_600_000)} h {(int)(milliseconds.Value / 60_000 % 60)} min",
    };

    /// <summary>A limit in time is mostly a round number.</summary>
    /// <param name="milliseconds">More than 0.</param>
    public static string Limit(int milliseconds) => milliseconds is >= 1_000 and < 60_000 ? $"{Number(milliseconds / 1_000.0, "0.##")} s" : Duration(milliseconds);

    /// <param name="bytes">1 MB is 2^20 bytes, as in the limits.</param>
    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{Number(bytes / 1024.0, "0")} KB",
        _ => $"{Number(bytes / (1024.0 * 1024), "0.#")} MB",
    };

    /// <summary>A part of a whole; a dash where there is no whole.</summary>
    public static string Share(long part, long whole) => whole == 0 ? "–" : Number(100.0 * part / whole, "0.##") + " %";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.CurrentCulture);
}
