using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.History;

/// <summary>How a call log looks in the database and to its readers.</summary>
internal static class CallRows
{
    /// <summary>The text goes into a column, not into a page: only JSON itself must be escaped.</summary>
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<CallRecord> WithoutSummaries(IReadOnlyList<CallRecord> calls) =>
        calls.All(call => call.Summary.Length == 0) ? calls : [.. calls.Select(call => call with { Summary = "" })];

    /// <summary>A page of a call log that is in memory or was read whole; the cursor is the number of its last call.</summary>
    public static Page<CallEntry> Page(IReadOnlyList<CallRecord> calls, PageRequest page)
    {
        var after = page.Cursor is null ? 0 : Cursor.ReadNumber(page.Cursor);
        var first = Math.Clamp(after, 0, calls.Count);
        var items = calls.Skip(first).Take(Math.Clamp(page.Limit, 1, 200)).Select((call, n) => Entry(first + n + 1, call)).ToArray();
        var last = first + items.Length;
        return new Page<CallEntry>(items, last < calls.Count ? Cursor.Of(last.ToString(CultureInfo.InvariantCulture)) : null);
    }

    /// <summary>The column of a call log.</summary>
    public static string Json(IReadOnlyList<CallRecord> calls)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_compact))
        {
            json.WriteStartArray();
            foreach (var call in calls)
            {
                json.WriteStartArray();
                json.WriteStringValue(StoredText.Encode(call.Capability));
                json.WriteStringValue(StoredText.Encode(call.Summary));
                json.WriteStringValue(StoredText.Encode(call.Status));
                json.WriteNumberValue(call.Bytes);
                json.WriteNumberValue(call.Ms);
                json.WriteNumberValue(call.OffsetMs);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    public static CallRecord[] Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(call => new CallRecord(
            StoredText.Decode(call[0].GetString())!,
            StoredText.Decode(call[1].GetString())!,
            StoredText.Decode(call[2].GetString())!,
            call[3].GetInt64(),
            call[4].GetDouble(),
            call[5].GetDouble()))];
    }

    private static CallEntry Entry(int seq, CallRecord call) =>
        new(seq, call.Capability, call.Summary, call.Status, call.Bytes, call.Ms, call.OffsetMs);
}
