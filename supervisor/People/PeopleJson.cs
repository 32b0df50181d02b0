using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.People;

/// <summary>JSON of members and of the own account.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters = [typeof(UtcTimeConverter), typeof(ExactStringConverter)])]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(Page<Member>))]
[JsonSerializable(typeof(MemberWrite))]
[JsonSerializable(typeof(MemberChange))]
[JsonSerializable(typeof(NewMember))]
[JsonSerializable(typeof(Page<OwnSession>))]
[JsonSerializable(typeof(PasswordChange))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(TotpBegin))]
[JsonSerializable(typeof(TotpBegun))]
[JsonSerializable(typeof(TotpConfirm))]
[JsonSerializable(typeof(TotpEnd))]
[JsonSerializable(typeof(RecoveryRenewal))]
[JsonSerializable(typeof(RecoveryCodes))]
internal sealed partial class PeopleJson : JsonSerializerContext;
