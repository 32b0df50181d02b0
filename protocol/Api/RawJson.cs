using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>
/// JSON text carried as it came: inputs, outputs, trigger details. Never parsed into a tree on the way, so that numbers keep
/// their digits and escaped lone surrogates and NULs survive. Always valid JSON.
/// </summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly record struct RawJson(string Text)
{
    /// <summary>The JSON value null.</summary>
    public static readonly RawJson Null = new("null");

    /// <inheritdoc />
    public override string ToString() => Text ?? "null";
}

/// <summary>Copies JSON text through; public because generated serializers of other rooms make one.</summary>
public sealed class RawJsonConverter : JsonConverter<RawJson>
{
    /// <inheritdoc />
    public override bool HandleNull => true;

    /// <inheritdoc />
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new RawJson(document.RootElement.GetRawText());
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.ToString(), skipInputValidation: true);
}
