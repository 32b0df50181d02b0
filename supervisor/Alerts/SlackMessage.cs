namespace Sandbox.Supervisor.Alerts;

/// <summary>What an incoming webhook of Slack takes.</summary>
internal sealed record SlackMessage(string Text);
