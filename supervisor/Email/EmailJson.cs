using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Email;

/// <summary>JSON of settings for e-mail.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters = [typeof(UtcTimeConverter), typeof(ExactStringConverter), typeof(WholeInt32Converter), typeof(NamedEnum<EmailSecurity>)])]
[JsonSerializable(typeof(EmailSettings))]
[JsonSerializable(typeof(EmailSettingsWrite))]
internal sealed partial class EmailJson : JsonSerializerContext;
