using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>What a rule looks for. <see cref="Recovery"/> is never an alert's own: it says that the end of alerts is told, too.</summary>
public enum AlertCondition
{
    /// <summary>An execution failed that nobody waited for, its last attempt included; or one of an endpoint.</summary>
    [JsonStringEnumMemberName("failure")] Failure,

    /// <summary>As many failures in a row as the rule's <c>failures</c> says.</summary>
    [JsonStringEnumMemberName("repeated_failure")] RepeatedFailure,

    /// <summary>A due time of a schedule did not run.</summary>
    [JsonStringEnumMemberName("missed")] Missed,

    /// <summary>A due time of a schedule waits longer than the rule's <c>late_after_s</c>.</summary>
    [JsonStringEnumMemberName("late")] Late,

    /// <summary>A script paused itself. Told once more each day while work is held.</summary>
    [JsonStringEnumMemberName("paused")] Paused,

    /// <summary>A script has as many open dead letters as the rule's <c>dead_letters</c> says, or more.</summary>
    [JsonStringEnumMemberName("dead_letters")] DeadLetters,

    [JsonStringEnumMemberName("recovery")] Recovery,
}

/// <summary>How a channel sends.</summary>
public enum AlertChannelType
{
    /// <summary>Through the tenant's SMTP server.</summary>
    [JsonStringEnumMemberName("email")] Email,

    /// <summary>An incoming webhook of Slack, or of what speaks like it.</summary>
    [JsonStringEnumMemberName("slack")] Slack,

    /// <summary>A POST that is signed as Standard Webhooks say.</summary>
    [JsonStringEnumMemberName("webhook")] Webhook,
}

public enum AlertState
{
    [JsonStringEnumMemberName("open")] Open,
    [JsonStringEnumMemberName("closed")] Closed,
}

public enum AlertDeliveryStatus
{
    /// <summary>To be sent, or to be tried again.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,
    [JsonStringEnumMemberName("sent")] Sent,

    /// <summary>Given up.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>Where alerts are sent, and how it goes.</summary>
/// <param name="Name">As names of scripts.</param>
/// <param name="To">Addresses of <see cref="AlertChannelType.Email"/>; else empty.</param>
/// <param name="Host">Of the URL of the other types, which is never read back; null for e-mail.</param>
/// <param name="SentAt">When it last took a message; null: never.</param>
/// <param name="Error">Why it did not take the last one; null: it did.</param>
/// <param name="FailingSince">Null: it does not fail.</param>
public sealed record AlertChannel(
    string Name,
    AlertChannelType Type,
    IReadOnlyList<string> To,
    string? Host,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? SentAt,
    string? Error,
    DateTimeOffset? FailingSince)
{
    /// <summary>What a webhook is signed with; given once, where it was made and none was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }
}

/// <summary>A channel to write. No record: those write out what they hold.</summary>
public sealed class AlertChannelWrite
{
    public AlertChannelType? Type { get; init; }

    /// <summary>Of e-mail: 1 to 20 addresses.</summary>
    public IReadOnlyList<string>? To { get; init; }

    /// <summary>Of Slack and webhooks: https. Null: the one that is kept.</summary>
    public string? Url { get; init; }

    /// <summary>Of webhooks: <c>whsec_</c> and base64 of 24 to 64 bytes. Null: the one that is kept, else one is made.</summary>
    public string? Secret { get; init; }
}

/// <summary>A channel that was written, and whether there was none of its name.</summary>
public sealed record AlertChannelWritten(AlertChannel Channel, bool IsNew);

/// <summary>Whether a channel took a message that was sent to try it.</summary>
public sealed record AlertChannelTest(bool Sent, string? Error);

/// <summary>What is an alert, and which channels are told.</summary>
/// <param name="On">Conditions; at least one besides <see cref="AlertCondition.Recovery"/>.</param>
/// <param name="Script">Id of the one script that it is about; null: all.</param>
/// <param name="Kinds">Kinds of scripts that it is about; empty: all.</param>
/// <param name="Channels">Names; empty: alerts are shown and not sent.</param>
/// <param name="Failures">In a row, for <see cref="AlertCondition.RepeatedFailure"/>; 2 to 1000.</param>
/// <param name="LateAfterS">Seconds, for <see cref="AlertCondition.Late"/>; 10 to 86400.</param>
/// <param name="DeadLetters">For <see cref="AlertCondition.DeadLetters"/>; 1 to 10000.</param>
/// <param name="WaitS">Seconds that the first message waits for more of the same storm; 0 to 3600.</param>
/// <param name="ThrottleS">Seconds between two messages, which tell everything that happened in between; 0 to 86400.</param>
public sealed record AlertRule(
    string Name,
    bool Enabled,
    IReadOnlyList<AlertCondition> On,
    Guid? Script,
    IReadOnlyList<ScriptKind> Kinds,
    IReadOnlyList<string> Channels,
    int Failures,
    int LateAfterS,
    int DeadLetters,
    int WaitS,
    int ThrottleS,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>A rule to write; what is null has its default: enabled, all scripts and kinds, no channel, 3, 300, 100, 10, 300.</summary>
public sealed record AlertRuleWrite(
    bool? Enabled = null,
    IReadOnlyList<AlertCondition>? On = null,
    string? Script = null,
    IReadOnlyList<ScriptKind>? Kinds = null,
    IReadOnlyList<string>? Channels = null,
    int? Failures = null,
    int? LateAfterS = null,
    int? DeadLetters = null,
    int? WaitS = null,
    int? ThrottleS = null);

/// <summary>A rule that was written, and whether there was none of its name.</summary>
public sealed record AlertRuleWritten(AlertRule Rule, bool IsNew);

/// <summary>A script in trouble, for one rule and condition: one alert however often it happens.</summary>
/// <param name="Count">Failures, due times, or dead letters.</param>
/// <param name="ClosedAt">When the trouble ended; null: it is open.</param>
/// <param name="ToldAt">When a message last told of it; null: none did.</param>
/// <param name="ExecutionId">Of the last failure.</param>
public sealed record Alert(
    Guid Id,
    string Rule,
    AlertCondition Condition,
    AlertState State,
    Guid ScriptId,
    string ScriptName,
    long Count,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    DateTimeOffset? ClosedAt,
    DateTimeOffset? ToldAt,
    Guid? ExecutionId,
    string? Code,
    string? Message);

/// <summary>A message about alerts, and what became of it.</summary>
/// <param name="Summary">Its subject.</param>
/// <param name="Count">What happened since the message before.</param>
public sealed record AlertMessage(
    Guid Id, string Rule, string Summary, long Count, DateTimeOffset CreatedAt, IReadOnlyList<AlertDelivery> Deliveries);

/// <summary>A message on its way to one channel.</summary>
/// <param name="NextAt">When it is tried again; null: it is not.</param>
/// <param name="Error">Of the last attempt.</param>
public sealed record AlertDelivery(
    string Channel, AlertDeliveryStatus Status, int Attempts, DateTimeOffset? NextAt, DateTimeOffset? SentAt, string? Error);

/// <summary>Which alerts; null: all.</summary>
/// <param name="Script">Id or name.</param>
public sealed record AlertFilter(AlertState? State = null, AlertCondition? Condition = null, string? Rule = null, string? Script = null);

/// <summary>
/// Alerts of a tenant. To read alerts and messages asks for <see cref="Permissions.ExecutionsRead"/>, everything else for
/// <see cref="Permissions.SettingsManage"/>.
/// </summary>
public interface IAlerts
{
    /// <summary>The newest first.</summary>
    Task<Result<Page<Alert>>> ListAsync(Principal principal, AlertFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>404 where there is none.</summary>
    Task<Result<Alert>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken);

    /// <summary>Messages, the newest first.</summary>
    Task<Result<Page<AlertMessage>>> MessagesAsync(Principal principal, PageRequest page, CancellationToken cancellationToken);

    /// <summary>By name.</summary>
    Task<Result<Page<AlertChannel>>> ChannelsAsync(Principal principal, PageRequest page, CancellationToken cancellationToken);

    /// <summary>404 where there is none.</summary>
    Task<Result<AlertChannel>> ChannelAsync(Principal principal, string name, CancellationToken cancellationToken);

    /// <summary>Makes the channel or replaces it. A kept URL or secret is kept for its type alone.</summary>
    Task<Result<AlertChannelWritten>> PutChannelAsync(
        Principal principal, string name, AlertChannelWrite write, CancellationToken cancellationToken);

    /// <summary>404 where there is none. Rules that name it tell it nothing more.</summary>
    Task<Result<bool>> DeleteChannelAsync(Principal principal, string name, CancellationToken cancellationToken);

    /// <summary>Sends a message that says it is a test, and waits for it.</summary>
    Task<Result<AlertChannelTest>> TestChannelAsync(Principal principal, string name, CancellationToken cancellationToken);

    /// <summary>By name.</summary>
    Task<Result<Page<AlertRule>>> RulesAsync(Principal principal, PageRequest page, CancellationToken cancellationToken);

    /// <summary>404 where there is none.</summary>
    Task<Result<AlertRule>> RuleAsync(Principal principal, string name, CancellationToken cancellationToken);

    /// <summary>Makes the rule or replaces all of it.</summary>
    Task<Result<AlertRuleWritten>> PutRuleAsync(Principal principal, string name, AlertRuleWrite write, CancellationToken cancellationToken);

    /// <summary>404 where there is none. Its open alerts close and nobody is told.</summary>
    Task<Result<bool>> DeleteRuleAsync(Principal principal, string name, CancellationToken cancellationToken);
}
