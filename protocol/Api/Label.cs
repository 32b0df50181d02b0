namespace Sandbox.Protocol.Api;

/// <summary>A label that a filter asks for. Key and value must both be equal to those of the execution.</summary>
public readonly record struct Label(string Key, string Value);
