namespace Sandbox.Protocol.Api;

/// <summary>A page that needs no sign-in. <see cref="NeedsAttribute"/> outranks it.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OpenToAnyoneAttribute : Attribute;
