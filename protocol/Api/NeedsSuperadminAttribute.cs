namespace Sandbox.Protocol.Api;

/// <summary>A page for superadmins alone. <see cref="NeedsAttribute"/> outranks it.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NeedsSuperadminAttribute : Attribute;
